// Runs a command and writes down what goes into it and comes out of it: node record-command.mjs FILE COMMAND ARGUMENTS…
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

const [file, command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });

function carry(direction, from, to) {
  from.on('data', (bytes) => {
    appendFileSync(file, `${JSON.stringify({ direction, bytes: bytes.toString('base64') })}\n`);
    to.write(bytes);
  });
  from.on('end', () => to.end());
}

carry('sent', process.stdin, child.stdin);
carry('received', child.stdout, process.stdout);
child.stdin.on('error', () => undefined);
child.on('close', (code) => {
  process.exitCode = code ?? 1;
  process.stdin.destroy();
});
