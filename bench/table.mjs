// The benchmark's results as a table.

const seconds = (value) => (value === undefined ? '' : value.toFixed(3));
const whole = (value) => (value === undefined ? '' : value.toFixed(value < 10 ? 1 : 0));
const ratio = (a, b, digits) => (a === undefined || b === undefined ? '' : (a / b).toFixed(digits));

/** Prints rows of {input, work, inquest, delve, most} as Markdown. `command ms` is our time without start and opening. */
export function printTable(rows, title) {
  console.log(`${title}\n`);
  console.log('| input | work | inquest s | command ms | MB | delve s | MB | times as fast | memory |');
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const { input, work, inquest, delve, most } of rows) {
    const name = `${work}${inquest.failed ? ' (failed)' : ''}`;
    const command = `${whole(inquest.commands)}${most === undefined ? '' : ` of ${most}`}`;
    const speed = ratio(delve?.wall, inquest.wall, 1);
    const memory = ratio(inquest.memory, delve?.memory, 2);
    console.log(
      `| ${input} | ${name} | ${seconds(inquest.wall)} | ${command} | ${whole(inquest.memory)} | ${seconds(delve?.wall)} | ${whole(delve?.memory)} | ${speed} | ${memory} |`,
    );
  }
}
