import type { LayoutTable } from './layout.ts';

/** The heap (runtime/mheap.go). */
export const HEAP: LayoutTable = {
  mspan: {
    size: [
      [15, 136],
      [19, 144],
      [20, 160],
      [21, 168],
      [22, 160],
    ],
    startAddr: [[15, 24]],
    npages: [[15, 32]],
    elemsize: [
      [15, 104],
      [21, 112],
      [22, 104],
    ],
    spanclass: [
      [15, 98],
      [21, 106],
      [22, 98],
    ],
    state: [
      [15, 99],
      [21, 107],
      [22, 99],
    ],
    specials: [
      [15, 128],
      [21, 136],
      [22, 128],
    ],
  },
  mheap: {
    allspans: [
      [15, 65848],
      [19, 65856],
      [20, 65824],
      [21, 65864],
    ],
  },
};
