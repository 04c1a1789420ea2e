// What an editor waits for: requests of the Debug Adapter Protocol, one after the other, against both debuggers.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

/** The longest that the list of threads and each later request may take (milliseconds), and memory (MB). */
const MOST = { threads: 1000, later: 200, memory: 500 };

/** Starts a debug adapter, and connects to it. */
async function startAdapter(command) {
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'ignore'] });
  const port = await new Promise((resolve, reject) => {
    let told = '';
    child.stdout.on('data', (bytes) => {
      told += bytes;
      const match = /listening at: \S+:(\d+)/.exec(told);
      if (match !== null) resolve(Number(match[1]));
    });
    child.once('exit', (code) => reject(new Error(`${command[0]} ended with ${code}`)));
  });
  const socket = connect(port, '127.0.0.1');
  const waiting = new Map();
  const events = [];
  let received = Buffer.alloc(0);
  let seq = 1;
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes]);
    for (;;) {
      const end = received.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(received.toString('latin1', 0, Math.max(0, end)))?.[1]);
      if (end < 0 || received.length < end + 4 + length) return;
      const message = JSON.parse(received.toString('utf8', end + 4, end + 4 + length));
      received = received.subarray(end + 4 + length);
      if (message.type === 'event') events.push(message);
      waiting.get(message.request_seq)?.(message);
      waiting.get(message.event)?.(message);
    }
  });
  return {
    /** Milliseconds that a request took, and its answer. */
    async ask(name, args) {
      const started = performance.now();
      const text = JSON.stringify({ seq, type: 'request', command: name, arguments: args });
      const answer = new Promise((resolve) => waiting.set(seq++, resolve));
      socket.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
      const { body, success } = await answer;
      return { body, success, took: performance.now() - started };
    },
    event: (name) => events.find(({ event }) => event === name) ?? new Promise((resolve) => waiting.set(name, resolve)),
    /** The most memory that it had so far, in MB. */
    memory: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'latin1'))?.[1]) / 1024,
    stop() {
      socket.destroy();
      child.kill('SIGKILL');
    },
  };
}

/** What the requests of a session took, by their names. */
async function measureSession(command, { exe, core, user }) {
  const adapter = await startAdapter(command);
  const times = new Map();
  const timed = async (work, name, args) => {
    const { body, success, took } = await adapter.ask(name, args);
    times.set(work, { took, failed: success !== true });
    return body ?? {};
  };
  try {
    await adapter.ask('initialize', { adapterID: 'go', pathFormat: 'path' });
    await timed('launch', 'launch', { mode: 'core', program: exe, coreFilePath: core, stackTraceDepth: 50 });
    await timed('configurationDone', 'configurationDone', {});
    const { threadId } = (await adapter.event('stopped')).body;
    const { threads = [] } = await timed('threads', 'threads');
    await timed('threads again', 'threads');
    const own = threads.find(({ id }) => id === threadId) ?? threads[0];
    const { stackFrames = [] } = await timed('stackTrace', 'stackTrace', {
      threadId: own?.id,
      startFrame: 0,
      levels: 20,
    });
    const other = threads.find(({ id }) => id !== own?.id && id > 0);
    const parked = await timed('stackTrace of another', 'stackTrace', {
      threadId: other?.id,
      startFrame: 0,
      levels: 20,
    });
    const frame = stackFrames.find(({ name }) => user?.test(name) === true) ?? stackFrames[0];
    const { scopes = [] } = await timed('scopes', 'scopes', { frameId: frame?.id });
    for (const { name, variablesReference } of scopes)
      await timed(`variables of ${name.replace(/ .*/, '')}`, 'variables', { variablesReference });
    await timed('evaluate', 'evaluate', { expression: '1 + 1', frameId: frame?.id, context: 'watch' });
    const group = (await adapter.ask('scopes', { frameId: parked.stackFrames?.[0]?.id })).body?.scopes?.at(-1);
    if (group?.name.startsWith('Goroutines') === true) {
      const { variablesReference, indexedVariables } = group;
      const last = { variablesReference, filter: 'indexed', start: indexedVariables - 100, count: 100 };
      await timed('the last 100 of a group', 'variables', last);
    }
    await timed('exceptionInfo', 'exceptionInfo', { threadId });
    return { times, memory: adapter.memory() };
  } finally {
    adapter.stop();
  }
}

/** Rows of the benchmark for an input; `peer` is Delve, if it is there. Each debugger once: the first time is what is waited for. */
export async function editorRows(input, launcher, peer) {
  const ours = await measureSession([process.execPath, launcher, 'dap', '--no-config'], input);
  const theirs =
    peer === undefined
      ? undefined
      : await measureSession([peer, 'dap', '--check-go-version=false'], input).catch(() => undefined);
  return [...ours.times].map(([work, { took, failed }]) => {
    const delve = theirs?.times.get(work);
    return {
      input: input.name,
      work: `editor: ${work}`,
      inquest: { wall: took / 1000, commands: took, memory: ours.memory, failed: failed || ours.memory > MOST.memory },
      delve: delve === undefined || delve.failed ? undefined : { wall: delve.took / 1000, memory: theirs.memory },
      most: work === 'threads' ? MOST.threads : work === 'launch' ? undefined : MOST.later,
    };
  });
}
