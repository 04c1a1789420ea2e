import { FlowState, isVariableLocation, type Cell, type Page } from './flow-state.ts';
import type { ValueNumber, ValueNumbers } from './value-number.ts';

/** How often the ways into a block may agree on a location again after they disagreed. */
const MOST_CHANGES = 4;

/** What the ways into a block bring together. */
export class Join {
  private readonly numbers: ValueNumbers;
  /** The site of the values that are made here, negative. */
  private readonly site: number;
  /** On which places the ways disagreed how often: after some times they are never taken to agree again, so that rounds end. */
  private readonly disagreed = new Map<number, number>();

  constructor(numbers: ValueNumbers, site: number) {
    this.numbers = numbers;
    this.site = site;
  }

  /**
   * What each location holds behind the meeting point of ways with the same stack pointer. Locations on which the ways disagree, but
   * which hold the same as each other on every way, get one new number together. A variable that is not where another location is
   * has no value.
   */
  of(ways: readonly [FlowState, ...FlowState[]]): FlowState {
    const [first] = ways;
    for (const way of ways) way.share();
    const state = new FlowState(first.layout, first.sp);
    const disagreeing: { readonly location: number; readonly key: string }[] = [];
    // Only then can a value that all ways agree on be one that was made here in an earlier round.
    const mayRepeat = this.disagreed.size > 0;
    first.pages.forEach((page, index) => {
      const isSame = page === undefined || ways.every((way) => way.pages[index] === page);
      state.pages[index] = isSame && !mayRepeat ? page : this.page(ways, index, disagreeing);
    });
    this.bringTogether(state, ways, disagreeing);
    return state;
  }

  /** The cells of a page on which the ways agree; adds those on which they do not. */
  private page(
    ways: readonly [FlowState, ...FlowState[]],
    index: number,
    disagreeing: { readonly location: number; readonly key: string }[],
  ): Page | undefined {
    const { layout, pages } = ways[0];
    const from = pages[index]?.cells ?? [];
    const cells: (Cell | undefined)[] = from.slice();
    for (let i = 0; i < from.length; i++) {
      const cell = from[i];
      if (cell === undefined) continue;
      const place = index * from.length + i;
      let since = cell.since;
      let isEverywhere = true;
      let agree = !cell.value.sites.includes(this.site) && (this.disagreed.get(place) ?? 0) < MOST_CHANGES;
      for (let k = 0; k < ways.length; k++) {
        const other = (ways[k] as FlowState).pages[index]?.cells[i];
        if (other === cell) continue;
        if (other === undefined || other.size !== cell.size) isEverywhere = false;
        else if (other.value !== cell.value) agree = false;
        else if (other.since !== since) since = -1;
      }
      if (!isEverywhere || !agree) cells[i] = undefined;
      else if (since !== cell.since) cells[i] = { ...cell, since };
      if (!isEverywhere || agree) continue;
      this.disagreed.set(place, (this.disagreed.get(place) ?? 0) + 1);
      const key = ways.map((way) => way.pages[index]?.cells[i]?.value.id).join(' ');
      disagreeing.push({ location: layout.locationOf(place), key });
    }
    return { owner: this, cells };
  }

  private bringTogether(
    state: FlowState,
    [first]: readonly [FlowState, ...FlowState[]],
    disagreeing: { readonly location: number; readonly key: string }[],
  ): void {
    const together = new Map<string, ValueNumber>();
    for (const { location, key } of disagreeing.sort((x, y) => x.location - y.location)) {
      let value = together.get(key);
      if (value === undefined && isVariableLocation(location)) continue;
      if (value === undefined) together.set(key, (value = this.numbers.site(this.site, location)));
      state.set(location, value, first.get(location)?.size ?? 8);
    }
  }
}
