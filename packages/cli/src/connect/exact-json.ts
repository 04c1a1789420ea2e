/** Texts, and whole numbers with more digits than a number of JavaScript holds for certain. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\b\d{16,}\b(?![.eE])/g;

/** Parses JSON; whole numbers that a number cannot hold exactly become texts of their digits. */
export function parseExactly(text: string): unknown {
  return JSON.parse(
    text.replace(TOKENS, (token) =>
      token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${token}"`,
    ),
  );
}
