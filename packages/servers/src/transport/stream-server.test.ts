import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { beginsWithContentLength, ContentLengthDecoder, encodeContentLength } from './content-length.ts';
import { encodeText } from './bytes.ts';
import { tokenLine } from './greeting.ts';
import { JsonValueDecoder } from './json-values.ts';
import type { ClientHandler, Connection, Protocol } from './protocol.ts';
import { StreamServer, type StreamServerOptions } from './stream-server.ts';
import { MadeUpStream } from './testing/made-up-stream.ts';

/** Answers each message with its name and the message; `hold` leaves them unanswered, `big` answers with many bytes. */
function echo(name: string, connection: Connection): ClientHandler {
  return {
    message: (text) => {
      if (text.includes('hold')) return new Promise(() => undefined);
      connection.send({
        name,
        text: text.includes('big') ? 'x'.repeat(1000) : text,
        authorised: connection.authorised,
      });
      return undefined;
    },
    fault: ({ message }) => connection.send({ fault: message }),
    closed: () => undefined,
  };
}

const framed: Protocol = {
  name: 'framed',
  recognises: beginsWithContentLength,
  createDecoder: (limit) => new ContentLengthDecoder(limit),
  encode: encodeContentLength,
  serve: (connection) => echo('framed', connection),
};
const plain: Protocol = {
  name: 'plain',
  recognises: (head) => head[0] === 0x7b,
  createDecoder: (limit) => new JsonValueDecoder(limit),
  encode: (text) => encodeText(`${text}\n`),
  serve: (connection) => echo('plain', connection),
};

let lines: string[] = [];

function serve(options: Partial<StreamServerOptions> = {}): StreamServer {
  return new StreamServer({ protocols: [framed, plain], log: (line) => lines.push(line), ...options });
}

function connect(server: StreamServer, reads = true): MadeUpStream {
  const stream = new MadeUpStream('a test', reads);
  server.accept(stream);
  return stream;
}

beforeEach(() => {
  lines = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a server of several protocols', () => {
  it('tells by the first bytes what a client speaks, even if they come one by one', () => {
    const server = serve();
    const [first, second] = [connect(server), connect(server)];
    for (const byte of 'Content-Length: 2\r\n\r\n{}') first.send(byte);
    second.send('{"a":1}{"b":2}');
    expect(first.received).toContain('{"name":"framed","text":"{}","authorised":true}');
    expect(second.received.split('\n')).toHaveLength(3);
  });

  it('refuses browsers, whatever they carry', () => {
    const stream = connect(serve());
    stream.send('POST / HTTP/1.1\r\nHost: localhost:4711\r\nOrigin: http://evil.example\r\n\r\n{"method":"x"}');
    expect(stream.received).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(stream.received).not.toContain('"text"');
    expect(stream.state).toBe('ending');
  });

  it('closes clients that speak something else, or nothing', () => {
    const server = serve();
    const [other, silent, half] = [connect(server), connect(server), connect(server)];
    other.send('\u0016\u0003\u0001');
    half.send('Content-');
    expect(other.state).toBe('ending');
    vi.advanceTimersByTime(11_000);
    expect([silent.state, half.state]).toEqual(['destroyed', 'destroyed']);
    expect(lines[0]).toBe('closing a test: what it sent is not framed and plain');
  });

  it('waits long for the next message, and not for the rest of one', () => {
    const stream = connect(serve());
    stream.send('{"a":1}');
    vi.advanceTimersByTime(3_600_000);
    expect(stream.state).toBe('open');
    stream.send('{"a":');
    vi.advanceTimersByTime(61_000);
    expect(stream.state).toBe('destroyed');
  });

  it('does not let the rest of a message be sent byte by byte for ever', () => {
    const stream = connect(serve());
    stream.send('{"a":"');
    for (let i = 0; i < 70; i++) {
      vi.advanceTimersByTime(1000);
      stream.send('x');
    }
    expect(stream.state).toBe('destroyed');
  });

  it('looks at what came while it was busy before it closes a client that was slow', async () => {
    vi.useRealTimers();
    const stream = connect(serve({ limits: { handshake: 20 } }));
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => stream.send('{"a":1}'));
    port1.start();
    port2.postMessage('');
    for (const until = performance.now() + 60; performance.now() < until;);
    await new Promise((resolve) => setTimeout(resolve, 50));
    port1.close();
    expect(stream.state).toBe('open');
    expect(stream.received).toContain('"name":"plain"');
  });

  it('tells why it ends a connection that cannot be followed', () => {
    const stream = connect(serve({ limits: { message: 10 } }));
    stream.send('Content-Length: 11\r\n\r\n');
    expect(stream.received).toContain('"fault":"a message of 11 bytes is refused: 10 is the most"');
    expect(stream.state).toBe('ending');
  });
});

describe('a token', () => {
  it('is taken from a line before all else', () => {
    const server = serve({ token: 'secret' });
    const [without, right, wrong] = [connect(server), connect(server), connect(server)];
    without.send('{}');
    right.send(`${tokenLine('secret')}{}`);
    wrong.send(`${tokenLine('secreT')}{}`);
    expect(without.received).toContain('"authorised":false');
    expect(right.received).toContain('"authorised":true');
    expect([wrong.received, wrong.state]).toEqual(['', 'destroyed']);
  });
});

describe('clients that harm', () => {
  it('are not read from while they do not take answers, and dropped when too much waits for them', () => {
    const server = serve({ limits: { congested: 1500, outgoing: 3000 } });
    const stream = connect(server, false);
    stream.send('{"big":1}');
    expect(stream.paused).toBe(false);
    stream.send('{"big":2}');
    expect(stream.paused).toBe(true);
    stream.drain();
    expect(stream.paused).toBe(false);
    stream.send('{"big":3}{"big":4}{"big":5}');
    expect(stream.state).toBe('destroyed');
  });

  it('are not read from while many of their messages are unanswered', () => {
    const stream = connect(serve({ limits: { unanswered: 2 } }));
    stream.send('{"hold":1}{"hold":2}');
    expect(stream.paused).toBe(false);
    stream.send('{"hold":3}');
    expect(stream.paused).toBe(true);
  });

  it('share the memory for unfinished messages', () => {
    const server = serve({ limits: { unfinished: 100 } });
    const [first, second] = [connect(server), connect(server)];
    first.send(`{"a":"${'x'.repeat(80)}`);
    second.send(`{"a":"${'x'.repeat(80)}`);
    expect([first.state, second.state]).toEqual(['open', 'ending']);
    // Who harms goes, and not who comes next.
    second.hangUp();
    first.send('x'.repeat(19));
    const third = connect(server);
    third.send('{"a":');
    expect([first.state, third.state]).toEqual(['ending', 'open']);
  });

  it('share the memory for answers that are not read', () => {
    const server = serve({ limits: { untaken: 3500 } });
    const [greedy, other, reader] = [connect(server, false), connect(server, false), connect(server)];
    greedy.send('{"big":1}{"big":2}');
    other.send('{"big":1}');
    expect([greedy.state, other.state]).toEqual(['open', 'open']);
    reader.send('{"big":1}');
    other.send('{"big":2}');
    expect([greedy.state, other.state, reader.state]).toEqual(['open', 'destroyed', 'open']);
  });

  it('are refused when there are too many', () => {
    const server = serve({ limits: { connections: 2 } });
    const streams = [connect(server), connect(server), connect(server)];
    expect(streams.map(({ state }) => state)).toEqual(['open', 'open', 'destroyed']);
    streams[0]?.hangUp();
    expect(connect(server).state).toBe('open');
  });
});

describe('the life of clients', () => {
  it('is told from when they spoke on', () => {
    const told: string[] = [];
    const server = serve({
      onGreeted: ({ name }) => told.push(name),
      onGone: (left) => told.push(`${left} left`),
    });
    const [silent, first, second] = [connect(server), connect(server), connect(server)];
    first.send('{}');
    second.send('{}');
    silent.hangUp();
    first.hangUp();
    second.hangUp();
    expect(told).toEqual(['plain', 'plain', '1 left', '0 left']);
  });
});
