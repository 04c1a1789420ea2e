import { TRACEBACK_LEVELS } from '@inquest/engine';

/** What the scripts offer. A test compares it with the arguments that are understood. */
export const COMPLETED = {
  commands: ['core', 'traceback', 'doctor', 'run', 'cache', 'dap', 'connect', 'version', 'help', 'completion'],
  flags: [
    '--accept-multiclient',
    '--api-version',
    '--batch',
    '--client-addr',
    '--color',
    '--core',
    '--coredump',
    '--crash',
    '--debug-info-dir',
    '--debuginfod',
    '--ex',
    '--exe',
    '--force',
    '--headless',
    '--help',
    '--html',
    '--init',
    '--json',
    '--level',
    '--libs',
    '--listen',
    '--log',
    '--log-dest',
    '--md',
    '--memory',
    '--no-cache',
    '--no-color',
    '--no-config',
    '--no-pager',
    '--only-same-user',
    '--output',
    '--pid',
    '--quiet',
    '--redact',
    '--root',
    '--script',
    '--set',
    '--stats',
    '--stdio',
    '--substitute-path',
    '--sysroot',
    '--token',
    '--version',
  ],
} as const;

const LEVELS = TRACEBACK_LEVELS.join(' ');
const words = [...COMPLETED.commands, ...COMPLETED.flags].join(' ');

const BASH = `_inquest() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  case $prev in
    completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$cur")); return ;;
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    -e|--ex|--set|--substitute-path) return ;;
    --libs|--sysroot|--root|--debug-info-dir) COMPREPLY=($(compgen -d -- "$cur")); return ;;
    --pid) COMPREPLY=($(compgen -W "$(ls /proc 2>/dev/null | grep '^[0-9]')" -- "$cur")); return ;;
    --level) COMPREPLY=($(compgen -W '${LEVELS}' -- "$cur")); return ;;
  esac
  COMPREPLY=($(compgen -W '${words}' -- "$cur") $(compgen -f -- "$cur"))
}
complete -o filenames -F _inquest inquest
`;

const ZSH = `#compdef inquest
_inquest() {
  case $words[CURRENT-1] in
    completion) compadd bash zsh fish; return ;;
    --color) compadd auto always never; return ;;
    -e|--ex|--set|--substitute-path) return ;;
    --libs|--sysroot|--root|--debug-info-dir) _files -/; return ;;
    --pid) _pids; return ;;
    --level) compadd ${LEVELS}; return ;;
  esac
  if [[ $PREFIX == -* ]]; then compadd -- ${COMPLETED.flags.join(' ')}; return; fi
  (( CURRENT == 2 )) && compadd ${COMPLETED.commands.join(' ')}
  _files
}
if [[ $funcstack[1] == _inquest ]]; then _inquest "$@"; else compdef _inquest inquest; fi
`;

/** Flags that take a folder. */
const FOLDERS: readonly string[] = ['--libs', '--sysroot', '--root', '--debug-info-dir'];

const FISH = [
  `complete -c inquest -n __fish_use_subcommand -a '${COMPLETED.commands.join(' ')}'`,
  `complete -c inquest -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'`,
  ...COMPLETED.flags.map((flag) => {
    const argument =
      flag === '--color'
        ? " -x -a 'auto always never'"
        : FOLDERS.includes(flag)
          ? ` -x -a '(__fish_complete_directories)'`
          : flag === '--pid'
            ? ` -x -a '(__fish_complete_pids)'`
            : flag === '--level'
              ? ` -x -a '${LEVELS}'`
              : ['--core', '--exe', '--init', '--output', '--ex', '--script', '--set', '--substitute-path'].includes(
                    flag,
                  )
                ? ' -r'
                : '';
    return `complete -c inquest -l ${flag.slice(2)}${argument}`;
  }),
  '',
].join('\n');

/** The completion script for a shell. */
export const COMPLETION_SCRIPTS: Readonly<Record<'bash' | 'zsh' | 'fish', string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
};
