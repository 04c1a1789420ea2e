/** A goroutine as the runtime printed it when it died. */
export interface PrintedGoroutine {
  readonly id: number;
  /** Text in brackets without the waiting time. */
  readonly status: string;
  readonly frames: readonly PrintedFrame[];
  readonly createdBy: string | undefined;
  readonly createdIn: number | undefined;
}

export interface PrintedFrame {
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

/** Reads the goroutines of a crash text; the machine-dependent parts (addresses, arguments) are dropped. */
export function parseCrashText(text: string): PrintedGoroutine[] {
  const goroutines: PrintedGoroutine[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const header = /^goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[([^\]]*)\].*:$/.exec(lines[i] ?? '');
    if (header === null) continue;
    const id = Number(header[1]);
    if (goroutines.some((goroutine) => goroutine.id === id)) continue;
    const frames: PrintedFrame[] = [];
    let createdBy: string | undefined;
    let createdIn: number | undefined;
    for (i++; i < lines.length && lines[i] !== ''; i++) {
      const line = lines[i] ?? '';
      const created = /^created by (\S+?)(?: in goroutine (\d+))?$/.exec(line);
      const place = /^\t(.*):(\d+)(?: \+0x[0-9a-f]+)?(?: fp=.*)?$/.exec(lines[i + 1] ?? '');
      if (place === null) continue;
      i++;
      if (created !== null) {
        createdBy = created[1];
        createdIn = created[2] === undefined ? undefined : Number(created[2]);
        continue;
      }
      // The arguments are the last parenthesis; names of methods have some of their own.
      const name = line.replace(/\((?:\.\.\.|[^()]*)\)$/, '');
      frames.push({
        function: name === 'panic' ? 'runtime.gopanic' : name,
        file: place[1] ?? '',
        line: Number(place[2]),
      });
    }
    goroutines.push({ id, status: (header[2] ?? '').replace(/, \d+ minutes/, ''), frames, createdBy, createdIn });
  }
  return goroutines;
}
