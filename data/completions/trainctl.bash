# SPDX-License-Identifier: MIT
# bash completion for trainctl
# shellcheck disable=SC2207

# Session ids, only of an engine that runs: completing must not start one.
_trainctl_ids() {
  trainctl engine status >/dev/null 2>&1 || return
  trainctl --json queue list 2>/dev/null | sed -n 's/^ *"session_id" *: *"\([0-9]*\)".*/\1/p'
}

_trainctl_options() {
  case "$1" in
    "queue add")
      echo "--provider --model --key --policy --verdict-every --corpus --corpus-file --epochs --target --seed --set --script --python --command --workdir --budget --after --resume-from --env --regex --title --grace --auto-stop --estimate" ;;
    "queue list") echo "--state" ;;
    curriculum)
      echo "--epochs --target --provider --model --key --policy --verdict-every --seed --set --env --script --python --corpus-file --budget --auto-stop --estimate --start" ;;
    logs) echo "--follow -f --raw" ;;
    metrics) echo "--csv --series --points" ;;
    checkpoints) echo "--all" ;;
    "checkpoints keep") echo "--dry-run --session" ;;
    "keys add") echo "--provider --name --base-url" ;;
    "keys remove") echo "--now" ;;
    models) echo "--provider --refresh" ;;
    spend) echo "--by --session --from --to" ;;
    serve) echo "--port --stop" ;;
    status) echo "--command" ;;
  esac
}

_trainctl() {
  local cur prev command='' word i
  local commands="queue curriculum start pause status watch cancel suspend resume retry tag note logs metrics gates checkpoints events keys models spend budget awake serve engine demo help"
  COMPREPLY=()
  cur=${COMP_WORDS[COMP_CWORD]}
  prev=${COMP_WORDS[COMP_CWORD - 1]}

  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case "$word" in
      --) return ;;
      -*) continue ;;
    esac
    if [[ -z $command ]]; then
      command=$word
    elif [[ $command == queue || $command == engine || $command == keys || $command == budget || $command == awake || ($command == models && $word == pull) || ($command == checkpoints && $word =~ ^(remove|restore|keep|purge|auto)$) ]]; then
      command="$command $word"
    else
      break
    fi
  done

  case "$prev" in
    --provider)
      if [[ $command == "keys add" || $command == models ]]; then
        COMPREPLY=($(compgen -W "claude openai xai qwen compatible" -- "$cur"))
        return
      fi
      COMPREPLY=($(compgen -W "none claude openai xai qwen compatible" -- "$cur"))
      return ;;
    --policy) COMPREPLY=($(compgen -W "off notify pause stop" -- "$cur")); return ;;
    --corpus) COMPREPLY=($(compgen -W "english hlx translation 1 2 3" -- "$cur")); return ;;
    --by) COMPREPLY=($(compgen -W "session provider model day key call" -- "$cur")); return ;;
    --session) COMPREPLY=($(compgen -W "$(_trainctl_ids)" -- "$cur")); return ;;
    --target) COMPREPLY=($(compgen -W "helix-100m helix-10m helix-1m" -- "$cur")); return ;;
    --state) COMPREPLY=($(compgen -W "queued blocked starting running paused completed failed cancelled skipped" -- "$cur")); return ;;
    --series) COMPREPLY=($(compgen -W "train_loss val_loss batch_loss lr grad_norm tokens_per_second epoch_seconds" -- "$cur")); return ;;
    --after) COMPREPLY=($(compgen -W "$(_trainctl_ids)" -- "$cur")); return ;;
    --workdir) COMPREPLY=($(compgen -d -- "$cur")); return ;;
    --script | --python | --corpus-file | --resume-from) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --model | --key | --verdict-every | --epochs | --seed | --set | --command | --budget | --env | --regex | --title | --grace | --points | --port | --name | --base-url | --from | --to) return ;;
  esac

  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$(_trainctl_options "$command") --json --help -h --version" -- "$cur"))
    return
  fi

  case "$command" in
    '') COMPREPLY=($(compgen -W "$commands" -- "$cur")) ;;
    help) COMPREPLY=($(compgen -W "$commands" -- "$cur")) ;;
    queue) COMPREPLY=($(compgen -W "add list move remove restore" -- "$cur")) ;;
    keys) COMPREPLY=($(compgen -W "add list check rename replace remove restore unlock" -- "$cur")) ;;
    engine) COMPREPLY=($(compgen -W "status start stop" -- "$cur")) ;;
    models) COMPREPLY=($(compgen -W "pull" -- "$cur")) ;;
    awake) COMPREPLY=($(compgen -W "show on off" -- "$cur")) ;;
    budget) COMPREPLY=($(compgen -W "show set" -- "$cur")) ;;
    "budget set") COMPREPLY=($(compgen -W "month session claude openai xai qwen compatible none" -- "$cur")) ;;
    "models pull") COMPREPLY=($(compgen -W "qwen3:8b qwen3:4b qwen3:1.7b" -- "$cur")) ;;
    checkpoints) COMPREPLY=($(compgen -W "remove restore keep purge auto $(_trainctl_ids)" -- "$cur")) ;;
    "checkpoints auto") COMPREPLY=($(compgen -W "off" -- "$cur")) ;;
    "checkpoints remove" | "checkpoints restore") COMPREPLY=($(compgen -W "$(_trainctl_ids)" -- "$cur")) ;;
    "queue move" | "queue remove" | status | watch | cancel | suspend | resume | retry | logs | metrics | gates | events)
      COMPREPLY=($(compgen -W "$(_trainctl_ids)" -- "$cur")) ;;
    tag | note) COMPREPLY=($(compgen -W "$(_trainctl_ids)" -- "$cur")) ;;
  esac
}

complete -F _trainctl trainctl
