import { isDebugError, notFound, type Operation, type PrintResult, type Session } from '@inquest/engine';

/** An expression that is shown whenever another place is selected. */
interface Display {
  readonly number: number;
  readonly expression: string;
  readonly format: string | undefined;
}

/** What a display came to at the selected place: a value, or why there is none. */
export interface DisplayResult {
  readonly number: number;
  readonly expression: string;
  readonly variable: PrintResult['variable'] | undefined;
  readonly problem: string | undefined;
}

/** The expressions of `display -a`. */
export class Displays {
  private list: readonly Display[] = [];
  private next = 0;

  get count(): number {
    return this.list.length;
  }

  add(expression: string, format: string | undefined): number {
    this.list = [...this.list, { number: this.next, expression, format }];
    return this.next++;
  }

  /** Throws `not-found` if there is none with that number. */
  remove(number: number): void {
    const kept = this.list.filter((display) => display.number !== number);
    if (kept.length === this.list.length) throw notFound(`there is no display ${number}: display lists them`);
    this.list = kept;
  }

  /** Evaluates all of them, or the one with that number, by what `print` answers. */
  evaluate(session: Session, print: Operation, number?: number): readonly DisplayResult[] {
    const wanted = this.list.filter((display) => number === undefined || display.number === number);
    return wanted.map(({ number: own, expression, format }) => {
      try {
        const result = print.run(
          session,
          format === undefined ? { expression } : { expression, format },
        ) as PrintResult;
        return { number: own, expression, variable: result.variable, problem: undefined };
      } catch (error) {
        if (!isDebugError(error)) throw error;
        return { number: own, expression, variable: undefined, problem: error.message };
      }
    });
  }
}
