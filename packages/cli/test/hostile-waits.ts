import type {
  CycleResult,
  LocationResult,
  WaiterResult,
  WaitGroupResult,
  WaitObjectResult,
  WaitsDetail,
  WaitSummaryResult,
} from '@inquest/engine';

/** Waits of which every text is an attack: two that wait for each other, one behind them, one that nothing can wake. */

function waiter(id: number, attack: string, location: LocationResult): WaiterResult {
  const descriptor = { fd: 7, deed: 'read', network: attack, local: attack, remote: attack, file: attack } as const;
  const systemCall = { name: attack, inC: true, number: undefined, fd: undefined };
  return { id, status: attack, waitedAtLeast: 3e11, location, detail: attack, descriptor, systemCall, dueInAtMost: 1 };
}

function object(address: string, attack: string, owner: number | undefined): WaitObjectResult {
  const held = { certainty: 'proven', reason: attack, frame: 3, location: undefined } as const;
  return {
    kind: 'mutex',
    address,
    type: attack,
    name: attack,
    nameIn: undefined,
    state: attack,
    receivers: undefined,
    senders: undefined,
    length: undefined,
    capacity: undefined,
    owners: owner === undefined ? [] : [{ goroutine: owner, ...held }],
  };
}

function groups(attack: string, location: LocationResult): WaitGroupResult[] {
  const of = (held: WaitObjectResult, ...waiters: WaiterResult[]): WaitGroupResult => ({
    waitsFor: attack,
    objects: [{ way: 'lock', object: held }],
    count: waiters.length + 1,
    waiters,
    longest: undefined,
  });
  const [one, two, three] = [1, 2, 3].map((id) => waiter(id, attack, location)) as [
    WaiterResult,
    WaiterResult,
    WaiterResult,
  ];
  return [
    of(object('0xa', attack, 2), one, three),
    of(object('0xb', attack, 1), two),
    of(object('0xc', attack, undefined), three),
  ];
}

function cycle(attack: string, location: LocationResult): CycleResult {
  const step = (id: number, other: number, address: string): CycleResult['steps'][number] => ({
    waiter: waiter(id, attack, location),
    waitsFor: attack,
    object: object(address, attack, other),
    heldBy: { goroutine: other, certainty: 'likely', reason: attack, frame: undefined, location },
  });
  const behind = [waiter(3, attack, location)];
  return { steps: [step(1, 2, '0xa'), step(2, 1, '0xb')], certainty: 'likely', behind, behindCount: 2 };
}

export function hostileSummary(attack: string, location: LocationResult): WaitSummaryResult {
  const { cycles, stuck } = hostileWaits(attack, location).deadlocks;
  const contended = groups(attack, location);
  return { cycles, cycleCount: 2, contended, stuck, stuckCount: 3, longest: [waiter(3, attack, location)] };
}

export function hostileWaits(attack: string, location: LocationResult): WaitsDetail {
  const [, , lost] = groups(attack, location) as [unknown, unknown, WaitGroupResult];
  const { waitsFor, objects, waiters } = lost;
  const stuck = [{ waitsFor, objects, count: 2, waiters, referrers: [1, 9], evidence: attack }];
  return {
    waiting: { groups: groups(attack, location), groupCount: 4, total: 9, truncated: true, diagnostics: [attack] },
    deadlocks: {
      cycles: [cycle(attack, location)],
      stuck,
      examined: 9,
      searched: 1,
      problem: attack,
      truncated: true,
      diagnostics: [attack],
    },
  };
}
