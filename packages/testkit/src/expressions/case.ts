/**
 * An expression over the fixture program `exprs`, in the frame of main.inner, and what it comes to. Exactly one of `want`,
 * `lines` and `error` is there.
 */
export interface ExpressionCase {
  readonly expr: string;
  /** The value in one line. */
  readonly want?: string;
  /** The value as print shows it, over several lines where it is nested. */
  readonly lines?: string;
  /** The type's name, where the case is about it. */
  readonly type?: string;
  /** The whole message of the error. */
  readonly error?: string;
  /** Offset in the expression that the error points at. */
  readonly at?: number;
  /** First Go minor version for which it holds. */
  readonly from?: number;
}
