// What the benchmark asks of both debuggers: a line a work. To add one, add a line.

/**
 * The works for an input. `frame` is how each debugger calls the user's frame: Delve leaves frames of signal handlers out.
 * `mine` and `peer` are command lines; without `peer` Delve has no such thing. `most` is the longest that the commands may take once
 * the core is open, in milliseconds: above it the benchmark fails. What the commands of `base` take is taken off before. `whole` is
 * what the whole process may take, `times` how many times as fast as Delve it is to be, and `share` what part of Delve's memory it may
 * take. `isKnown` works find what an earlier run kept of the executable; the others keep nothing.
 */
export function worksFor(input, frame) {
  const ofLarge = { giant: giantWorks, many: manyWorks, million: millionWorks, deep: deepWorks, sparse: sparseWorks }[
    input.name
  ];
  if (ofLarge !== undefined) return ofLarge();
  const both = (work, ...commands) => ({ work, mine: commands, peer: commands });
  const at = (work, ...commands) => ({
    work,
    mine: commands.map((command) => `frame ${frame.mine} ${command}`),
    peer: commands.map((command) => `frame ${frame.peer} ${command}`),
  });
  const { local } = input;
  const everywhere = [
    both('bt', 'bt'),
    at('args and locals of the user frame', 'args', 'locals'),
    at('print of a local', `print ${local}`),
    {
      ...at('print of a local, in a session', `print ${local}`, `print ${local}`),
      base: [`frame ${frame.mine} print ${local}`],
      most: 20,
    },
    {
      work: 'first print of a local, after the report',
      mine: ['report', `frame ${frame.mine} print ${local}`],
      peer: undefined,
      base: ['report'],
      most: 20,
    },
    { ...at('print of a local, the first of a known executable', `print ${local}`), isKnown: true },
    at('whatis', `whatis ${local}`),
    both('goroutines', 'goroutines'),
    both('goroutines -group userloc', 'goroutines -group userloc'),
    both('vars main', 'vars ^main\\.'),
    both('funcs', 'funcs'),
    both('types', 'types'),
    both('sources', 'sources'),
    both('list main.main', 'list main.main'),
    at('disassemble', 'disassemble'),
    { work: 'examinemem', mine: [`frame ${frame.mine} x/64gx $rsp`], peer: ['examinemem -size 8 -count 64 -x _Rsp'] },
    at('regs', 'regs'),
    { work: 'report, against bt', mine: ['report'], peer: ['bt'], times: input.name === 'trivial' ? 2.5 : 1.5 },
    { work: 'traceback', mine: ['traceback'], peer: undefined },
  ];
  if (input.name !== 'records') return everywhere;
  const many = 'config max-array-values 10000';
  return [
    {
      work: '10,000 structs of a slice',
      mine: [many, `frame ${frame.mine} print records`],
      peer: [many, `frame ${frame.peer} print records`],
      most: 300,
    },
    {
      work: '10,000 numbers of a slice',
      mine: [many, `frame ${frame.mine} print numbers`],
      peer: [many, `frame ${frame.peer} print numbers`],
      most: 300,
    },
    { work: '10,000 entries of a map', mine: [many, 'print byName'], peer: [many, 'print main.byName'], most: 1000 },
    { work: 'goroutines', mine: ['goroutines -all'], peer: ['goroutines'] },
    both('goroutines -t', 'goroutines -t'),
    both('goroutines -group userloc', 'goroutines -group userloc'),
    { work: 'all stacks (goroutines -exec bt)', mine: ['goroutines -exec bt'], peer: ['goroutines -exec bt'] },
  ];
}

/** 100,000 goroutines. What Delve lists one by one, we list with -all. */
function manyWorks() {
  const pair = (work, mine, peer = mine) => ({ work, mine: [mine], peer: [peer] });
  const own = (command, most) => ({ work: command, mine: [command], peer: undefined, most });
  return [
    { ...pair('goroutines, each', 'goroutines -all', 'goroutines'), most: 4000, times: 10, share: 0.5 },
    { ...pair('goroutines, by stack', 'goroutines'), most: 4000, times: 10, share: 0.5 },
    pair('goroutines -group userloc', 'goroutines -group userloc'),
    pair('goroutines -with running', 'goroutines -with running'),
    pair('goroutines -t 2', 'goroutines -t 2'),
    { ...pair('goroutines -t 10', 'goroutines -all -t 10', 'goroutines -t 10'), times: 20 },
    { ...pair('stacks by stack against -t 10', 'goroutines -group stack', 'goroutines -t 10'), times: 40 },
    { ...pair('stack of the last one', 'goroutine 100005 bt'), times: 20 },
    { work: 'report', mine: ['report'], peer: undefined },
    own('waiting', 4000),
    own('deadlocks', 6000),
    own('why 100005', 3000),
  ];
}

/** A million goroutines: Delve would take minutes. */
function millionWorks() {
  const own = (command, seconds, megabytes) => {
    return { work: command, mine: [command], peer: undefined, whole: { seconds, megabytes } };
  };
  return [own('goroutines', 5, 256), own('report', 5, 512)];
}

/** Five million frames. */
function deepWorks() {
  const pair = (work, ...commands) => ({ work, mine: commands, peer: commands });
  const own = (command, most) => ({ work: command, mine: [command], peer: undefined, most });
  return [
    pair('bt', 'bt'),
    { ...pair('frame 900000 args', 'frame 900000 args'), most: 3000 },
    own('report', 5000),
    { ...own('bottom', 100), work: 'bottom, after the report', mine: ['report', 'bottom'], base: ['report'] },
    { ...own('up', 200), work: 'up, after bottom', mine: ['bottom', 'down', 'up'], base: ['bottom'] },
    own('bt -bottom 10', 3000),
  ];
}

/** Ten gibibytes, most of them holes. */
function sparseWorks() {
  const whole = { seconds: 2, megabytes: 300 };
  return [
    { work: 'bt', mine: ['bt'], peer: ['bt'], whole },
    { work: 'report', mine: ['report'], peer: undefined, whole },
  ];
}

/** An executable of more than 100 MB. */
function giantWorks() {
  const known = (work, command) => ({
    work,
    mine: [command],
    peer: undefined,
    isKnown: true,
    whole: { seconds: 0.15 },
  });
  return [
    { work: 'bt', mine: ['bt'], peer: ['bt'], times: 25, share: 0.25 },
    {
      work: 'bt with args and locals of every frame, first time',
      mine: ['bt 100 -full'],
      peer: ['bt 100 -full'],
      times: 7,
      share: 0.5,
    },
    {
      work: 'bt with args and locals of every frame',
      mine: ['bt 100 -full'],
      peer: ['bt 100 -full'],
      isKnown: true,
      times: 7,
      share: 0.5,
    },
    known('a type by name, known executable', 'types ^giant/part123\\.Record5$'),
    known('functions by name, known executable', 'funcs ^giant/part123\\.work1'),
    known('a conversion to a type, known executable', 'print (*"giant/part123".Record5)(nil)'),
    // Look through all types of the program for what implements what.
    known('whatis of a type, known executable', 'whatis (*"giant/part123".Record5)(nil)'),
    known('whatis of a type by its path, known executable', 'whatis giant/part123.Record5'),
    known('whatis of an interface, known executable', 'whatis error'),
    known('variables by name, known executable', 'vars ^giant/part123\\.Records$'),
    known('a variable by name, known executable', 'print len("giant/part123".Records)'),
    known('a place by function, known executable', 'list giant/part123.work17'),
  ];
}
