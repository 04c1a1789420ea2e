// Finds variables by type, name or content, in every frame of every goroutine. Adds the command `find`:
//
//   (inquest) source find.ts
//   (inquest) find *main.Request
//   (inquest) find userID
//   (inquest) find "alice"
//
// Words in quotes are looked for in what the variables hold, others in names and types.

interface Variable {
  name: string;
  type: string;
  absent: string | undefined;
  live: { text(limits?: object): string } | undefined;
}

interface Frame {
  goroutine: number;
  index: number;
  function: string;
}

const MOST_FRAMES = 100;
const MOST_HITS = 200;

export default (inquest: any): void => {
  const search = (text: string): number => {
    const content = /^"(.*)"$/.exec(text)?.[1];
    const matches = (variable: Variable): boolean =>
      content === undefined
        ? variable.name === text || variable.type === text || variable.type === `*${text}`
        : variable.live?.text().includes(content) === true;
    let hits = 0;
    for (const { id } of inquest.goroutines()) {
      for (const frame of inquest.stack(id, MOST_FRAMES) as Frame[]) {
        for (const variable of [...inquest.args(frame), ...inquest.locals(frame)] as Variable[]) {
          if (!matches(variable)) continue;
          const value = variable.live?.text({ maxStringLen: 40, maxArrayValues: 4 }) ?? `(${variable.absent})`;
          inquest.print(
            `goroutine ${id} frame ${frame.index} ${frame.function}: ${variable.name} ${variable.type} = ${value}`,
          );
          if (++hits >= MOST_HITS) return hits;
        }
      }
    }
    return hits;
  };

  inquest.registerCommand('find', {
    help: `Find variables by type, name or content in all frames of all goroutines
find *main.Request     variables of that type
find userID            variables of that name
find "alice"           variables that hold the text`,
    run(_words: string[], text: string): string {
      if (text === '') throw new Error('find needs a type, a name, or a text in quotes');
      const hits = search(text);
      return `${hits}${hits >= MOST_HITS ? ' or more' : ''} found`;
    },
  });

  const words = inquest.arguments as string[];
  if (words.length > 0) inquest.command(`find ${words.join(' ')}`);
};
