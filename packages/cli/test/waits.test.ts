import { describe, expect, it } from 'vitest';
import { openSession, say } from './session-text.ts';

const planted = openSession('waits/go1.27/default/planted');

/** Addresses and numbers of goroutines are others in each build. */
function stable(text: string): string {
  return text
    .replace(/0x[0-9a-f]+/g, '0x#')
    .replace(/goroutines? \d+(, \d+)*/g, 'goroutine N')
    .replace(/(receivers|senders) \d+(, \d+)*/g, '$1 N')
    .replace(/at [^\s:]*\/waits\//g, 'at ');
}

/** The paragraph of an answer that begins with some words. */
function paragraph(text: string, beginning: string): string[] {
  const lines = stable(text).split('\n');
  const start = lines.findIndex((line) => line.startsWith(beginning));
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('\t'));
  return start < 0 ? [] : lines.slice(start, end < 0 ? undefined : end);
}

describe('waiting', () => {
  it('names the thing, what its words say, who has it and who waits', () => {
    const lines = paragraph(say(planted, 'waiting'), '2 × lock for reading l.lock (sync.RWMutex)');
    expect(lines[1]).toBe('\tat 0x#: read by 1 reader, a writer waits');
    expect(lines[2]).toMatch(
      /^\theld by goroutine N \(proven\): main\.longRead has yet to run its deferred RUnlock of it, now at planted\.go:\d+$/,
    );
    expect(lines[3]).toMatch(/^\tgoroutine N \[sync\.RWMutex\.RLock\] main\.read at planted\.go:\d+$/);
    expect(lines).toHaveLength(5);
  });

  it('counts, and says what was left out', () => {
    expect(say(planted, 'waiting -limit 2').split('\n').slice(-2)).toEqual([
      '[17 goroutines waiting for 15 things]',
      '(truncated: 2 of 15 shown; -limit N shows more)',
    ]);
  });

  it('shows the cases of a select', () => {
    const lines = paragraph(say(planted, 'waiting'), '1 × select: ');
    expect(lines.slice(1, -1).sort((a, b) => (a < b ? -1 : 1))).toEqual([
      '\tfull at 0x#: buffer 1 of 1; senders N',
      '\trequests at 0x#: buffer 0 of 2; receivers N',
      '\tstop at 0x#: no buffer; receivers N',
    ]);
  });
});

it('report -brief is the report without them', () => {
  const [whole, brief] = [say(planted, 'report'), say(planted, 'report -brief')];
  const without = whole.split('\n').filter((line) => !brief.split('\n').includes(line));
  expect(without.join('\n')).toContain('goroutines wait for each other');
  expect(brief.split('\n').filter((line) => !whole.split('\n').includes(line))).toEqual([]);
  expect(say(planted, 'report -brief -html')).toContain('report -brief is for the short form');
});

describe('deadlocks', () => {
  it('tells a cycle with its evidence', () => {
    const lines = paragraph(say(planted, 'deadlocks'), 'Deadlock (proven): 2 goroutines wait for each other');
    expect(lines[2]).toBe('\t\twaits to lock to.mu (sync.Mutex) at 0x#: locked, 1 waiting');
    expect(lines.at(-1)).toMatch(/^\tbehind them: goroutine N \[sync\.Mutex\.Lock\] main\.audit at /);
    expect(stable(say(planted, 'deadlocks'))).toContain('Deadlock (proven): 1 goroutine waits for itself');
  });

  it('tells why nothing can wake a goroutine', () => {
    const lines = paragraph(
      say(planted, 'deadlocks'),
      'Leaked: nothing can wake 1 goroutine: receive from answers (chan int)',
    );
    expect(lines.at(-1)).toBe(
      '\tno package variable, timer or goroutine that can go on leads to it; goroutine N refers to it too, but nothing can wake that one either',
    );
  });

  it('says that there is none', () => {
    const healthy = openSession('waits/go1.27/default/healthy');
    expect(say(healthy, 'deadlocks')).toMatch(
      /^No goroutines were found that wait for each other's locks \(\d+ blocked\)\.\nEach blocked goroutine waits on something that may still come \(all memory was searched\)\.$/,
    );
  });
});

describe('why', () => {
  it('says that a running goroutine waits for nothing, and that there is no such goroutine', () => {
    expect(stable(say(planted, 'why 1'))).toMatch(
      /^goroutine N \[running\] main\.main at .*\nIt waits for nothing: the program died in it\./,
    );
    expect(say(planted, 'why 99999')).toBe('there is no goroutine 99999: goroutines lists them');
  });
});

describe('the report', () => {
  it('tells cycles of locks and locks that several wait for', () => {
    const text = stable(say(planted, 'report'));
    const lines = text.split('\n');
    const start = lines.indexOf('  Waits');
    expect(lines.slice(start, lines.indexOf('', start)).map((line) => line.replace(/\b\d+( |$)/g, 'N$1'))).toEqual([
      '  Waits',
      '    deadlock (proven): N goroutines wait for each other, N more behind them',
      '      N waits to lock to.mu (sync.Mutex), which N holds  planted.go:N',
      '      N waits to lock to.mu (sync.Mutex), which N holds  planted.go:N',
      '    deadlock (proven): a goroutine waits for itself',
      '      N waits to lock main.settings (sync.Mutex), which it holds itself  planted.go:N',
      '    N wait to lock for reading l.lock (sync.RWMutex), which N holds (proven)',
      '    (waiting, deadlocks and why N tell more)',
    ]);
  });

  it('tells of a program in which all slept what each slept on', () => {
    const text = say(openSession('crash/go1.27/default/deadlock'), 'report');
    expect(text).toMatch(/\n {2}Waits\n {4}nothing can wake goroutine 1: receive from /);
    expect(text).toMatch(/\n {4}nothing can wake goroutine \d+: a select without cases, which never goes on /);
  });

  it('says nothing of a busy server', () => {
    expect(say(openSession('waits/go1.27/default/healthy'), 'report')).not.toContain('Waits');
  });
});
