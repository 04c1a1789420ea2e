// Runs commands as whole processes, in turn, and takes medians.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

const GNU_TIME = existsSync('/usr/bin/time') ? '/usr/bin/time' : undefined;

/**
 * One run: wall seconds, and from GNU time, where it is installed, CPU seconds and peak memory in MB; from Inquest's --stats what
 * its commands took, in milliseconds.
 */
function runOnce(argv, env) {
  const command = GNU_TIME === undefined ? argv : [GNU_TIME, '-f', '@@ %U %S %M', ...argv];
  const started = performance.now();
  const result = spawnSync(command[0], command.slice(1), { env, encoding: 'utf8', maxBuffer: 2 ** 30 });
  const wall = (performance.now() - started) / 1000;
  const usage = /@@ (\S+) (\S+) (\d+)/.exec(result.stderr ?? '');
  return {
    wall,
    cpu: usage === null ? undefined : Number(usage[1]) + Number(usage[2]),
    memory: usage === null ? undefined : Number(usage[3]) / 1024,
    commands: Number(/commands ([\d.]+) ms/.exec(result.stderr ?? '')?.[1] ?? NaN),
    lines: (result.stdout ?? '').split('\n').length,
    status: result.status,
  };
}

function median(values) {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  return known.length === 0 ? undefined : known[Math.floor(known.length / 2)];
}

/** Runs the commands in turn, `rounds` times after one round of warming up; medians for each. */
export function measureInTurn(commands, rounds) {
  // Reading the certificates of this variable costs Node 20 some 40 ms and has nothing to do with us.
  const { NODE_EXTRA_CA_CERTS: _ignored, ...env } = process.env;
  const runs = commands.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    commands.forEach((argv, i) => {
      const run = runOnce(argv, env);
      if (round > 0) runs[i].push(run);
    });
  }
  return runs.map((list) => ({
    wall: median(list.map((run) => run.wall)),
    cpu: median(list.map((run) => run.cpu)),
    memory: median(list.map((run) => run.memory)),
    // The least: what other programs took from the machine is no matter.
    commands: Math.min(...list.map((run) => run.commands)),
    lines: list[0]?.lines,
    failed: list.some((run) => run.status !== 0),
  }));
}
