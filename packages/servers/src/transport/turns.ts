/** How long one client may be served before others get their turn, in milliseconds. */
const SLICE = 10;

let since = 0;

/** Waits for a turn: what came in meanwhile, from other clients and about waiting requests, is looked at before. */
export async function takeTurn(): Promise<void> {
  const now = performance.now();
  if (now - since < SLICE) return;
  await new Promise<void>((resolve) => setTimeout(resolve, 0));
  since = performance.now();
}
