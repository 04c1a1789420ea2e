/** Texts and numbers. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
/** Whole numbers that may have more digits than a number of JavaScript holds for certain. */
const LONG = /^-?\d{16,}$/;

/** Parses JSON; whole numbers that a number cannot hold exactly become texts of their digits. */
export function parseExactly(text: string): unknown {
  return JSON.parse(
    text.replace(TOKENS, (token) => (LONG.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token)),
  );
}
