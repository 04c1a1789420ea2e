/** How long one client may be served before others get their turn, in milliseconds. */
const SLICE = 10;

let since = 0;

/** Waits for a turn: what came in meanwhile, from other clients and about waiting requests, is looked at before. */
export async function takeTurn(): Promise<void> {
  if (performance.now() - since < SLICE) return;
  await new Promise<void>(afterInput);
  since = performance.now();
}

/**
 * Node runs timers that are due one after the other, also those that were set meanwhile, before it looks at sockets: clients
 * with much to do would keep others out for good. What it calls immediate has its turn between two looks.
 */
export function afterInput(resolve: () => void): void {
  const { setImmediate } = globalThis as { readonly setImmediate?: (action: () => void) => void };
  if (setImmediate === undefined) setTimeout(resolve, 0);
  else setImmediate(resolve);
}
