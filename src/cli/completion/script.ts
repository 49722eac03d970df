/**
 * The scripts that shells read. None of them knows a command of ours: each hands what was typed to
 * `ledger completion`, and shows the lines that come back, a word and what is said of it. Where no
 * line comes back it completes names of files. The command that it runs is the one of that name in
 * PATH, never a path that was typed.
 */

export const SHELLS: readonly string[] = ['bash', 'zsh', 'fish'];

const SCRIPTS: Readonly<Record<string, (name: string, id: string) => string>> = {
  bash: (name, id) => `# bash completion of ${name}; "${name} completion bash" prints it.
_${id}_complete() {
  local line word lead n=-1 rest=\${COMP_LINE:0:COMP_POINT}
  local -a typed=()
  # Bash parts words at @, : and = as well; what no space stands between is one.
  for word in "\${COMP_WORDS[@]:0:COMP_CWORD}" ''; do
    [[ $n -ge 0 && $rest != [[:space:]]* ]] || n=$((n + 1))
    rest=\${rest#"\${rest%%[![:space:]]*}"}
    typed[n]+=$word
    rest=\${rest#"$word"}
  done
  typed[n]+=$rest
  # And it replaces the last part alone.
  lead=\${typed[n]%"$2"}
  COMPREPLY=()
  while IFS= read -r line; do
    line=\${line%%$'\\t'*}
    COMPREPLY+=("\${line#"$lead"}")
  done < <(${name} completion bash -- "\${typed[@]}" 2>/dev/null </dev/null)
}
complete -o default -F _${id}_complete ${name}
`,
  zsh: (name, id) => `#compdef ${name}
# zsh completion of ${name}; "${name} completion zsh" prints it.
_${id}_complete() {
  local line about
  local -a found
  while IFS= read -r line; do
    about=\${line#*$'\\t'}
    line=\${line%%$'\\t'*}
    found+=("\${line//:/\\\\:}\${about:+:$about}")
  done < <(${name} completion zsh -- "\${(@Q)words[1,CURRENT]}" 2>/dev/null </dev/null)
  if (( \${#found} )); then
    _describe -t words '${name}' found
  else
    _files
  fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _${id}_complete "$@"
else
  compdef _${id}_complete ${name}
fi
`,
  fish: (name, id) => `# fish completion of ${name}; "${name} completion fish" prints it.
function __${id}_complete
  set -l current (commandline -ct)
  test -n "$current"; or set current ''
  set -l found (${name} completion fish -- (commandline -opc) $current 2>/dev/null </dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path $current
  end
end
complete -c ${name} -f -a '(__${id}_complete)'
`,
};

/** scriptFor gives the script of a shell, undefined for one that there is none for. */
export const scriptFor = (shell: string, name: string): string | undefined =>
  Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell]?.(name, name.replaceAll(/\W/g, '_')) : undefined;
