import { describe, expect, it } from 'vitest';
import { editorArguments, editorCommand } from './editor.ts';

describe('the editor', () => {
  it('is the first that is set', () => {
    expect(editorCommand({ EDITOR: 'ed', VISUAL: 'vi', DELVE_EDITOR: 'nano', INQUEST_EDITOR: 'hx' })).toBe('hx');
    expect(editorCommand({ EDITOR: 'ed', VISUAL: 'vi', DELVE_EDITOR: 'nano' })).toBe('nano');
    expect(editorCommand({ EDITOR: 'ed', VISUAL: 'vi' })).toBe('vi');
    expect(editorCommand({ EDITOR: 'ed', VISUAL: ' ' })).toBe('ed');
    expect(editorCommand({})).toBeUndefined();
  });

  it.each([
    ['vi', ['+3', '/a b.go']],
    ['/usr/bin/emacs -nw', ['+3', '/a b.go']],
    ['code --wait', ['--goto', '/a b.go:3']],
    ['/opt/bin/subl', ['/a b.go:3']],
  ])('%s gets %j', (command, expected) => {
    expect(editorArguments(command, '/a b.go', 3)).toEqual(expected);
  });

  it('gets no line where there is none', () => {
    expect(editorArguments('vi', '/a.go', 0)).toEqual(['/a.go']);
  });
});
