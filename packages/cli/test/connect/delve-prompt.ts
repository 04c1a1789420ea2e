// What the prompt of `inquest connect` shows over a server of Delve.
import { join } from 'node:path';
import { loadConfiguration } from '@inquest/node';
import { COMPILED_IN, PROGRAMS } from '../../../../fixtures/fixtures.mjs';
import { DelveRemote } from '../../src/connect/delve/remote.ts';
import { RpcConnection } from '../../src/connect/rpc-connection.ts';

export const FIXTURE = 'exprs/go1.27/noopt';
export const RECORDING: string = join(import.meta.dirname, 'delve-recording.txt');
export const GOLDEN: string = join(import.meta.dirname, 'delve-prompt.txt');

const COMMANDS = `
bt
bt 2
bt -from 10 2
bt -offsets 1
bt -defer 3
bt -mode simple 3
bt -mode sideways
frame 10
frame 99
args
args -v text
list
list main.go:20

list nowhere.go:1
list main.keep
print chain
print *pp
print %x i32
print gLong
print -full gLong
print byKey
print emptyString
print gColor
print gQuote
print gUint64
print gTime
print gChan
print gUnsafe
print gFunc
print gNilFunc
print gAny
print gNilMap
print c128
print crash
print nope
print 1 +
frame 11 locals
frame 11 locals -v
frame 11 args ^t
frame 11 args -v ^t
vars ^main\\.gC
vars -limit 1 ^main\\.gN
up
down
frame 11
frame
frame 10 args
goroutine 1 frame 12 locals
bt -full 1
regs
regs rip
regs -a xmm0
regs nothing
disassemble -a 0x4a9e20 0x4a9e34
disassemble -a 0x4a9e20 0x4a9e34 -flavour go
disassemble -a x y
disassemble main.keep
disassemble -flavour strange
goroutines
goroutines -r -with user
goroutines -t 1 -without running -limit 1
goroutines -group userloc
goroutines -group running
goroutines -group
goroutines -with sideways x
goroutines -chan gChan
goroutine 2
goroutine

goroutine 99
thread
threads
thread 14235
thread 1
goroutine 1
funcs ^main\\.p
funcs -limit 1 ^main
types ^main\\.po
sources exprs/
help
help bt
help list
echo a line
why
continue
nonsense
goroutines -exec bt
`;

/** Runs the commands on the server at an address. */
export async function play(address: string): Promise<string> {
  const [connection, version] = await RpcConnection.open(address);
  const flags = {
    substitutePath: [`${COMPILED_IN}=${PROGRAMS}`],
    debugInfoDirectories: [],
    settings: [],
    files: false,
  };
  const remote = new DelveRemote(connection, version, loadConfiguration(flags, {}, '/').configuration);
  let shown = `${remote.title}\n`;
  for (const line of COMMANDS.trim().split('\n')) {
    const request = { color: false, width: undefined, interactive: true, place: undefined, json: false };
    const { text, complaint } = await remote.run(line, request);
    shown += `(inquest) ${line}\n${text}${complaint}`;
  }
  remote.close();
  await remote.closed;
  return shown.replaceAll(PROGRAMS, '…');
}
