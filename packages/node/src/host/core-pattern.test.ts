import { describe, expect, it } from 'vitest';
import { expandPattern, isOpenEnded, parseCorePattern, patternToRegExp } from './core-pattern.ts';

describe('core_pattern', () => {
  it.each([
    ['core', false, { kind: 'file', path: 'core' }],
    ['core', true, { kind: 'file', path: 'core.%p' }],
    ['core.%p', true, { kind: 'file', path: 'core.%p' }],
    ['core.%P', true, { kind: 'file', path: 'core.%P' }],
    ['core%%p', true, { kind: 'file', path: 'core%%p.%p' }],
    ['/cores/%e-%t', false, { kind: 'file', path: '/cores/%e-%t' }],
    ['', false, { kind: 'none' }],
    ['', true, { kind: 'file', path: '.%p' }],
    ['@/run/cores', false, { kind: 'socket', path: '/run/cores' }],
    ['@@/run/cores', false, { kind: 'socket', path: '/run/cores' }],
    ['|/bin/false', false, { kind: 'pipe', handler: 'discard', words: ['/bin/false'] }],
    ['|/opt/dump %p', true, { kind: 'pipe', handler: 'other', words: ['/opt/dump', '%p'] }],
    ['|/wsl-capture-crash %t %E %p %s', false, { kind: 'pipe', handler: 'wsl' }],
    ['|/usr/share/apport/apport -p%p -s%s', false, { kind: 'pipe', handler: 'apport' }],
    ['|/usr/lib/systemd/systemd-coredump %P %u', false, { kind: 'pipe', handler: 'systemd' }],
    ['|/usr/libexec/abrt-hook-ccpp %s %c', false, { kind: 'pipe', handler: 'abrt' }],
  ] as const)('%j with core_uses_pid %j', (text, usesPid, expected) => {
    expect(parseCorePattern(`${text}\n`, usesPid)).toMatchObject(expected);
  });

  it('is expanded as the kernel does', () => {
    const values = { p: '12', e: 'a/b', h: 'box' };
    expect(expandPattern('/c/%h/core.%e.%p', values)).toBe('/c/box/core.a!b.12');
    expect(expandPattern('%%p.%x.%t.%', values)).toBe('%p..TIME.');
    expect(isOpenEnded('/c/%h/%p%%t%x', values)).toBe(false);
    expect(isOpenEnded('/c/%t', values)).toBe(true);
  });

  it('is matched against names', () => {
    const name = patternToRegExp('core.%e+%p.%t%x%%', { p: '12' });
    expect('core.my.prog+12.99%').toMatch(name);
    expect('core.prog+123.99%').not.toMatch(name);
    expect('coreXprog+12.99%').not.toMatch(name);
    expect('core').toMatch(patternToRegExp('core%', {}));
  });
});
