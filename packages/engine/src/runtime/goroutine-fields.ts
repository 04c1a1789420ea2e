import type { Layout } from './layouts/layout.ts';

/** Offsets of the fields of runtime.g that every goroutine is read by; looked up once, for there may be a million of them. */
export interface GoroutineFields {
  readonly size: number;
  readonly status: number;
  readonly waitReason: number;
  readonly waitSince: number;
  readonly goid: number;
  readonly m: number;
  readonly lockedM: number;
  /** Of the saved context. */
  readonly pc: number;
  readonly sp: number;
  readonly fp: number;
  readonly lr: number;
  readonly syscallPc: number;
  readonly syscallSp: number;
  /** Undefined where the release has no such field. */
  readonly syscallFp: number | undefined;
  readonly parent: number | undefined;
  readonly goPc: number;
  readonly startPc: number;
  readonly panic: number;
  readonly deferred: number;
  readonly ancestors: number;
  readonly labels: number;
  readonly signal: number;
  readonly signalCode: number;
  readonly signalAddress: number;
  readonly signalPc: number;
  /** Undefined before Go 1.26: the frame of asyncPreempt has the vector registers. */
  readonly preemptedVectors: number | undefined;
}

/** Throws `unsupported` where the release lacks a field that it must have. */
export function goroutineFields(layout: Layout): GoroutineFields {
  const g = (field: string): number => layout.get('g', field);
  const saved = (field: string): number => g('sched') + layout.get('gobuf', field);
  return {
    size: g('size'),
    status: g('atomicstatus'),
    waitReason: g('waitreason'),
    waitSince: g('waitsince'),
    goid: g('goid'),
    m: g('m'),
    lockedM: g('lockedm'),
    pc: saved('pc'),
    sp: saved('sp'),
    fp: saved('bp'),
    lr: saved('lr'),
    syscallPc: g('syscallpc'),
    syscallSp: g('syscallsp'),
    syscallFp: layout.find('g', 'syscallbp'),
    parent: layout.find('g', 'parentGoid'),
    goPc: g('gopc'),
    startPc: g('startpc'),
    panic: g('_panic'),
    deferred: g('_defer'),
    ancestors: g('ancestors'),
    labels: g('labels'),
    signal: g('sig'),
    signalCode: g('sigcode0'),
    signalAddress: g('sigcode1'),
    signalPc: g('sigpc'),
    preemptedVectors: layout.find('g', 'xRegs'),
  };
}
