import type { LayoutTable } from './layout.ts';

/** Panics and deferred calls (runtime/runtime2.go, panic.go). */
export const PANICS: LayoutTable = {
  _panic: {
    size: [
      [15, 56],
      [22, 104],
      [27, 96],
    ],
    arg: [
      [15, 8],
      [26, 0],
    ],
    link: [
      [15, 24],
      [26, 16],
    ],
    recovered: [
      [15, 48],
      [22, 96],
      [26, 88],
    ],
    aborted: [
      [15, 49],
      [22, undefined],
    ],
    goexit: [
      [15, 50],
      [22, 97],
      [25, 98],
      [26, 90],
    ],
    repanicked: [
      [25, 97],
      [26, 89],
    ],
  },
  _defer: {
    size: [
      [15, 72],
      [22, 48],
    ],
    sp: [[15, 8]],
    pc: [[15, 16]],
    fn: [[15, 24]],
    link: [
      [15, 40],
      [22, 32],
    ],
    heap: [
      [15, 5],
      [18, 1],
      [22, 0],
    ],
    rangefunc: [[22, 1]],
    head: [[22, 40]],
    siz: [
      [15, 0],
      [18, undefined],
    ],
    started: [
      [15, 4],
      [18, 0],
      [22, undefined],
    ],
    openDefer: [
      [15, 6],
      [18, 2],
      [22, undefined],
    ],
    framepc: [
      [15, 64],
      [22, undefined],
    ],
    fd: [
      [15, 48],
      [22, undefined],
    ],
    varp: [
      [15, 56],
      [22, undefined],
    ],
  },
};
