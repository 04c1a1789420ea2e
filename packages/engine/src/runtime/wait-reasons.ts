import { rowFor } from '../base/go-version.ts';

const GC_AND_CHANNELS = [
  '',
  'GC assist marking',
  'IO wait',
  'chan receive (nil chan)',
  'chan send (nil chan)',
  'dumping heap',
  'garbage collection',
  'garbage collection scan',
  'panicwait',
  'select',
  'select (no cases)',
  'GC assist wait',
  'GC sweep wait',
  'GC scavenge wait',
  'chan receive',
  'chan send',
  'finalizer wait',
  'force gc (idle)',
] as const;
const MUTEXES = ['sync.Mutex.Lock', 'sync.RWMutex.RLock', 'sync.RWMutex.Lock'] as const;
const SEMA = ['semacquire', 'sleep', 'sync.Cond.Wait'] as const;
const WORKERS = [
  'trace reader (blocked)',
  'wait for GC cycle',
  'GC worker (idle)',
  'GC worker (active)',
  'preempted',
  'debug call',
] as const;
const STOPS = ['GC mark termination', 'stopping the world'] as const;
const FLUSHES = [
  'flushing proc caches',
  'trace goroutine status',
  'trace proc status',
  'page trace flush',
  'coroutine',
  'GC weak to strong wait',
] as const;
const DURABLE = [
  'synctest.Run',
  'synctest.Wait',
  'chan receive (durable)',
  'chan send (durable)',
  'select (durable)',
  'sync.WaitGroup.Wait (durable)',
  'cleanup wait',
] as const;

/** runtime.waitReasonStrings of each release (runtime/runtime2.go), by the first Go minor with that numbering. */
const ROWS: readonly { readonly from: number; readonly reasons: readonly string[] }[] = [
  {
    from: 15,
    reasons: [
      ...GC_AND_CHANNELS,
      ...SEMA,
      'timer goroutine (idle)',
      'trace reader (blocked)',
      'wait for GC cycle',
      'GC worker (idle)',
      'preempted',
      'debug call',
    ],
  },
  // Go 1.20 told mutexes apart from other semaphores.
  { from: 20, reasons: [...GC_AND_CHANNELS, ...SEMA, ...MUTEXES, ...WORKERS, ...STOPS] },
  { from: 22, reasons: [...GC_AND_CHANNELS, ...SEMA, ...MUTEXES, ...WORKERS, ...STOPS, ...FLUSHES] },
  {
    from: 24,
    reasons: [
      ...GC_AND_CHANNELS,
      ...SEMA,
      ...MUTEXES,
      'sync.WaitGroup.Wait',
      ...WORKERS,
      ...STOPS,
      ...FLUSHES,
      'synctest.Run',
      'synctest.Wait',
      'chan receive (synctest)',
      'chan send (synctest)',
      'select (synctest)',
    ],
  },
  {
    from: 25,
    reasons: [
      ...GC_AND_CHANNELS,
      'GOMAXPROCS updater (idle)',
      ...SEMA,
      ...MUTEXES,
      'sync.WaitGroup.Wait',
      ...WORKERS,
      ...STOPS,
      ...FLUSHES,
      ...DURABLE,
    ],
  },
  // Go 1.26 sorted the reasons that a goroutine leak can have to the end of the first block.
  {
    from: 26,
    reasons: [
      '',
      'GC assist marking',
      'IO wait',
      'dumping heap',
      'garbage collection',
      'garbage collection scan',
      'panicwait',
      'GC assist wait',
      'GC sweep wait',
      'GC scavenge wait',
      'finalizer wait',
      'force gc (idle)',
      'GOMAXPROCS updater (idle)',
      'semacquire',
      'sleep',
      'chan receive (nil chan)',
      'chan send (nil chan)',
      'select (no cases)',
      'select',
      'chan receive',
      'chan send',
      'sync.Cond.Wait',
      ...MUTEXES,
      'sync.WaitGroup.Wait',
      ...WORKERS,
      ...STOPS,
      ...FLUSHES,
      ...DURABLE,
    ],
  },
];

/** The reasons of Go 1.`minor`, by number. */
export function waitReasons(minor: number): readonly string[] {
  return rowFor(ROWS, minor).reasons;
}
