import { describe, expect, it } from 'vitest';
import { encodeContentLength } from '../transport/content-length.ts';
import { RequestWatch } from './request-watch.ts';
import { Supervision } from './supervision.ts';

function request(seq: number, command: string, args?: object): Uint8Array {
  return encodeContentLength(JSON.stringify({ seq, type: 'request', command, arguments: args }));
}

/** A watch over a client that wants to know of progress, and what it sends. */
function watched(progress = true): {
  supervision: Supervision;
  watch: RequestWatch;
  interrupts: number[];
  tick: (at: number) => object[];
} {
  const supervision = new Supervision();
  const interrupts: number[] = [];
  const watch = new RequestWatch(7, supervision, () => interrupts.push(supervision.running?.request ?? 0));
  watch.incoming(request(1, 'initialize', { supportsProgressReporting: progress }));
  const tick = (at: number): object[] =>
    watch.tick(at).map((bytes) => JSON.parse(new TextDecoder().decode(bytes).replace(/^.*\r\n\r\n/s, '')) as object);
  return { supervision, watch, interrupts, tick };
}

describe('a request that takes long', () => {
  it('is told of after a second, until it ends, with numbers that follow those of the answers', () => {
    const { supervision, watch, tick } = watched();
    expect(supervision.nextSequence(7)).toBe(1);
    watch.wrote();
    watch.incoming(request(2, 'threads'));
    supervision.begin({ connection: 7, request: 2 });
    expect([tick(0), tick(500)]).toEqual([[], []]);
    expect(tick(1100)).toEqual([
      {
        seq: 2,
        type: 'event',
        event: 'progressStart',
        body: { progressId: 'request 2', title: 'threads', requestId: 2, cancellable: true },
      },
    ]);
    expect(tick(1900)).toEqual([]);
    expect(tick(3050)).toMatchObject([
      { seq: 3, event: 'progressUpdate', body: { progressId: 'request 2', message: '3 s' } },
    ]);
    supervision.end();
    expect(tick(3300)).toMatchObject([{ seq: 4, event: 'progressEnd', body: { progressId: 'request 2' } }]);
    expect(supervision.nextSequence(7)).toBe(5);
  });

  it('is told of behind a message that is on its way, or when that does not come', () => {
    const { supervision, watch, tick } = watched();
    watch.incoming(request(2, 'threads'));
    supervision.begin({ connection: 7, request: 2 });
    expect(supervision.nextSequence(7)).toBe(1);
    expect([tick(0), tick(1100)]).toEqual([[], []]);
    watch.wrote();
    expect(tick(1300)).toMatchObject([{ seq: 2, event: 'progressStart' }]);
    expect(supervision.nextSequence(7)).toBe(3);
    supervision.end();
    const ticks = Array.from({ length: 20 }, (_, i) => tick(1500 + 200 * i));
    expect(ticks.flat()).toMatchObject([{ seq: 4, event: 'progressEnd' }]);
    expect(ticks.findIndex((events) => events.length > 0)).toBeGreaterThan(5);
    supervision.begin({ connection: 7, request: 3 });
    expect([...tick(9000), ...tick(10_100)]).toMatchObject([{ seq: 5, event: 'progressStart' }]);
  });

  it('is not told of to clients that do not want to know, nor if it is another client’s', () => {
    const { supervision, watch, tick } = watched(false);
    watch.incoming(request(2, 'threads'));
    supervision.begin({ connection: 7, request: 2 });
    expect([...tick(0), ...tick(5000)]).toEqual([]);
    const other = watched();
    other.supervision.begin({ connection: 8, request: 2 });
    expect([...other.tick(0), ...other.tick(5000)]).toEqual([]);
  });

  it('is stopped when the client gives it up, by either name, and only then', () => {
    const { supervision, watch, interrupts } = watched();
    watch.incoming(request(2, 'threads'));
    watch.incoming(request(3, 'cancel', { requestId: 2 }));
    expect(interrupts).toEqual([]);
    supervision.begin({ connection: 7, request: 2 });
    watch.incoming(request(4, 'cancel', { requestId: 5 }));
    expect(interrupts).toEqual([]);
    watch.incoming(request(5, 'cancel', { requestId: 2 }));
    // Once is enough.
    watch.incoming(request(6, 'cancel', { progressId: 'request 2' }));
    expect(interrupts).toEqual([2]);
    expect(supervision.wasGivenUp).toBe(true);
    supervision.stopped();
    supervision.begin({ connection: 7, request: 3 });
    expect(supervision.wasGivenUp).toBe(false);
    watch.incoming(request(7, 'cancel', { progressId: 'request 3' }));
    expect(interrupts).toEqual([2, 3]);
  });

  it('is found however the stream is cut, and behind a token', () => {
    const { supervision, watch, interrupts } = watched();
    supervision.begin({ connection: 7, request: 2 });
    for (const byte of request(5, 'cancel', { requestId: 2 })) watch.incoming(Uint8Array.of(byte));
    expect(interrupts).toEqual([2]);
    supervision.begin({ connection: 7, request: 2 });
    const late = new RequestWatch(7, supervision, () => interrupts.push(0));
    late.incoming(new TextEncoder().encode('Inquest-Token: x\n'));
    late.incoming(request(5, 'cancel', { requestId: 2 }));
    expect(interrupts).toEqual([2, 0]);
  });

  it('is none of the watch’s business where the client does not keep to the rules', () => {
    const { watch, tick, interrupts } = watched();
    for (const text of [
      'Content-Length: 3\r\n\r\n[1]',
      'Content-Length: 4\r\n\r\nnull',
      'Content-Length: x\r\n\r\n',
      'rubbish',
    ])
      watch.incoming(new TextEncoder().encode(text));
    watch.incoming(request(5, 'cancel', { requestId: 2 }));
    expect([tick(0), tick(9999), interrupts]).toEqual([[], [], []]);
    const rpc = new RequestWatch(7, new Supervision(), () => interrupts.push(0));
    rpc.incoming(new TextEncoder().encode('{"method":"RPCServer.State","params":[{}],"id":1}'));
    expect(interrupts).toEqual([]);
  });
});
