import { describe, expect, it } from 'vitest';
import { openSession, say } from './session-text.ts';

const session = openSession('sum/go1.27/default');

describe('examinemem', () => {
  // The expected texts are Delve's, byte for byte.
  it.each([
    [
      'x -len 20 -fmt hex 0x4a0000',
      `0x4a0000:   0x6d   0x69   0x63   0x2e   0x28   0x2a   0x49   0x6e   
0x4a0008:   0x74   0x33   0x32   0x29   0x2e   0x53   0x77   0x61   
0x4a0010:   0x70   0x00   0x72   0x75   `,
    ],
    [
      'x -count 9 -size 2 -fmt decimal 0x4a0000',
      `0x4a0000:   026989   011875   010792   028233   013172   010546   021294   024951   
0x4a0010:   000112   `,
    ],
    [
      'examinemem -fmt bin -size 3 -len 5 0x4a0000',
      `0x4a0000:   011000110110100101101101   001010100010100000101110   011101000110111001001001   001010010011001000110011   
0x4a000c:   011101110101001100101110   `,
    ],
    ['x -fmt oct -size 8 -len 2 0x4a0000', '0x4a0000:   0000671111242405630664555   0000605672462705114431564   '],
    ['x -x &runtime.buildVersion', '0x544d60:   0x60   '],
  ])('%s as Delve', (line, expected) => {
    expect(say(session, line)).toBe(expected);
  });

  it.each([
    ['x/2s 0x4a0000', '0x4a0000:   "mic.(*Int32).Swap"\n0x4a0012:   "runtime.(*m).becomeSpinning"'],
    ['x/3c 0x4a0000', "0x4a0000:   109 'm'   105 'i'    99 'c'   "],
    ['x/2dw 0x4a0000', '0x4a0000:    778266989   1850288680   '],
    ['x/2ux 0x4a0000', '0x4a0000:   0x2e63696d   0x6e492a28   '],
    ['x -fmt int -size 1 -count 2 0x4a0040', '0x4a0040:   116   111   '],
    ['x -fmt float 0x4a0000', '0x4a0000:   1.8192741173100347e+223   '],
    ['x -fmt raw -len 18 0x4a0000', 'mic.(*Int32).Swap\\x00'],
    ['frame 11 x/a $pc', expect.stringMatching(/^0x487065: {3}0x[0-9a-f]{16} {3}$/)],
    [
      'frame 11 x -fmt a 0x7346aeb6e88',
      expect.stringMatching(/^0x7346aeb6e88: {3}0x0000000000487065 {3}main\.main\+0x65$/),
    ],
    ['x -count 9 -size 8 0xffffc0', 'cannot read memory at 0xffffc0: nothing was mapped there'],
    ['x 0x1', 'cannot read memory at 0x1: nothing is mapped there (nil pointer)'],
    [
      'x -fmt foo 1',
      'there is no format foo | the formats are bin, oct, dec, hex, raw, int, uint, float, char, addr, string',
    ],
    ['x -size 9 1', '-size must be between 1 and 8, not 9'],
    ['x -count 0 1', '-count must be greater than 0, not 0'],
    ['x -fmt float -size 2 1', 'a float has 4 or 8 bytes, not 2'],
    [
      'x runtime.buildVersion',
      'a string is no address | write &x for the address of a variable x, or &x[0] for its first element',
    ],
    ['x $nope', 'there is no register nope'],
    ['frame 11 x $r15', 'the register r15 is not known in frame 11 | frame 0 knows all registers of a running thread'],
    ['x -count 200000 -size 8 0x4a0000', '1600000 bytes are too many: at most 1048576 are shown at once'],
  ])('%s', (line, expected) => {
    expect(say(session, line)).toEqual(expected);
  });

  it('shows what is readable, and says where it ends', () => {
    // The end of the core's last page before a hole.
    expect(say(session, 'x -count 20 -size 8 0x7f00093ebff0')).toBe(
      `0x7f00093ebff0:   0x0000000000000000   0x0000000000000000   
(cannot read memory at 0x7f00093ec000: the kernel left it out of the core (coredump_filter))`,
    );
  });
});

describe('regs', () => {
  it('is as in Delve, with the code behind addresses', () => {
    expect(say(session, 'frame 0 regs').split('\n').slice(0, 4)).toEqual([
      '    Rip = 0x00000000004805e1  runtime.raise+0x21',
      '    Rsp = 0x000007346ae65358',
      '    Rax = 0x0000000000000000',
      '    Rbx = 0x000007346ae65350',
    ]);
    expect(say(session, 'frame 0 regs')).toContain('\n Rflags = 0x0000000000000246\t[PF ZF IF IOPL=0]\n     Es = 0x');
    const all = say(session, 'frame 0 regs -a').split('\n');
    expect(all[17]).toBe(
      '   XMM0 = 0x00000000000000000000000000000000\tv2_int={ 0000000000000000 0000000000000000 }\tv4_int={ 00000000 00000000 00000000 00000000 }\tv8_int={ 0000 0000 0000 0000 0000 0000 0000 0000 }\tv16_int={ 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 }\tv2_float={ 0 0 }\tv4_float={ 0 0 0 0 }',
    );
    expect(all.slice(-4)).toEqual([
      'Gs_base = 0x0000000000000000',
      '  MXCSR = 0x00001f80\t[RZ/RN=0 PM UM OM ZM DM IM]',
      '     CW = 0x037f',
      '     SW = 0x0000',
    ]);
  });

  it('shows single ones', () => {
    expect(say(session, 'frame 0 regs rip SP')).toBe(
      'Rip = 0x00000000004805e1  runtime.raise+0x21\nRsp = 0x000007346ae65358',
    );
    expect(say(session, 'frame 0 info registers $mxcsr')).toBe('MXCSR = 0x00001f80\t[RZ/RN=0 PM UM OM ZM DM IM]');
    expect(say(session, 'regs nope')).toBe('there is no register nope');
  });

  it('says which are not known in a caller', () => {
    const lines = say(session, 'frame 11 regs').split('\n');
    expect(lines.slice(0, 2)).toEqual(['Rip = 0x0000000000487065  main.main+0x65', 'Rsp = 0x000007346aeb6e90']);
    expect(lines.at(-1)).toMatch(/^\(not known in frame 11, as calls do not save them: Rax Rbx .* Gs_base\)$/);
  });

  it('knows all general registers where a signal interrupted', () => {
    expect(say(session, 'frame 6 regs')).toMatch(/ R15 = 0x[0-9a-f]{16}/);
  });
});

describe('threads and target', () => {
  it('lists threads by number, and switches', () => {
    const own = openSession('sum/go1.27/default');
    const lines = say(own, 'threads').split('\n');
    expect(lines.map((line) => line.slice(0, 13))).toEqual([
      '* Thread 4372',
      '  Thread 4466',
      '  Thread 4467',
      '  Thread 4468',
    ]);
    expect(lines[0]).toMatch(/ runtime\.raise \(goroutine 1\) \[SIGABRT\] \(crashed\)$/);
    expect(say(own, 'thread 4467')).toMatch(/^Switched from 4372 to 4467\n\* Thread 4467 at 0x/);
    expect(say(own, 'thread')).toMatch(/^\* Thread 4467/);
    expect(say(own, 'thread 9')).toBe('there is no thread 9: threads lists them');
  });

  it('shows the process', () => {
    expect(say(session, 'target list')).toMatch(/^\* 4372 {4}\/tmp\/.*sum {3}\/tmp\/.* {3}core \/.*core {3}4 threads$/);
    expect(say(session, 'target switch 4372')).toBe(say(session, 'target'));
    expect(say(session, 'target switch 3')).toBe('there is no process 3: the core holds only 4372');
    expect(say(session, 'target follow-exec -on')).toMatch(/needs a live process|no flag/);
    expect(say(session, 'target nope')).toBe('target has no command nope | target list, target switch PID');
  });
});
