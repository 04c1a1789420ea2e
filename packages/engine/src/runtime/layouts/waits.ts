import type { LayoutTable } from './layout.ts';

/** What goroutines wait on (runtime/runtime2.go, chan.go, sema.go, netpoll.go, time.go, synctest.go). */
export const WAITS: LayoutTable = {
  sudog: {
    size: [
      [15, 88],
      [26, 104],
    ],
    g: [[15, 0]],
    next: [[15, 8]],
    prev: [[15, 16]],
    // Go 1.26 keeps both a traced pointer, which may be nil, and the address as a number: this is the latter.
    elem: [
      [15, 24],
      [26, 32],
    ],
    isSelect: [
      [15, 52],
      [26, 60],
    ],
    success: [
      [16, 53],
      [26, 61],
    ],
    parent: [
      [15, 56],
      [26, 64],
    ],
    waitlink: [
      [15, 64],
      [26, 72],
    ],
    waittail: [
      [15, 72],
      [26, 80],
    ],
    c: [
      [15, 80],
      [26, 96],
    ],
  },
  hchan: {
    size: [
      [15, 96],
      [23, 104],
      [25, 112],
    ],
    qcount: [[15, 0]],
    dataqsiz: [[15, 8]],
    buf: [[15, 16]],
    elemsize: [[15, 24]],
    closed: [[15, 28]],
    timer: [[23, 32]],
    elemtype: [
      [15, 32],
      [23, 40],
    ],
    sendx: [
      [15, 40],
      [23, 48],
    ],
    recvx: [
      [15, 48],
      [23, 56],
    ],
    recvq: [
      [15, 56],
      [23, 64],
    ],
    sendq: [
      [15, 72],
      [23, 80],
    ],
    lock: [
      [15, 88],
      [23, 96],
      [25, 104],
    ],
  },
  semaRoot: {
    treap: [[15, 8]],
  },
  notifyList: {
    head: [[15, 16]],
    tail: [[15, 24]],
  },
  pollDesc: {
    fd: [
      [15, 16],
      [18, 8],
    ],
    rg: [
      [15, 40],
      [18, 24],
      [21, 32],
    ],
    wg: [
      [15, 136],
      [18, 32],
      [21, 40],
    ],
  },
  timer: {
    when: [
      [15, 8],
      [23, 16],
      [26, 24],
    ],
    period: [
      [15, 16],
      [23, 24],
      [26, 32],
    ],
    arg: [
      [15, 32],
      [23, 40],
      [26, 48],
    ],
    state: [[23, 9]],
    status: [
      [15, 64],
      [23, undefined],
    ],
  },
  synctestGroup: {
    root: [[24, 88]],
  },
  synctestBubble: {
    id: [[25, 72]],
  },
};
