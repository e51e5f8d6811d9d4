# SPDX-License-Identifier: MIT
# fish completion for trainctl

# Session ids, only of an engine that runs: completing must not start one.
function __trainctl_ids
    trainctl engine status >/dev/null 2>&1; or return
    trainctl --json queue list 2>/dev/null | string match -r -g '"session_id" *: *"([0-9]+)"'
end

# The command line begins with these words; options do not count.
function __trainctl_is
    set -l words (commandline -opc | string match -v -- '-*')
    set -l last (math (count $argv) + 1)
    test (count $words) -ge $last; and test "$words[2..$last]" = "$argv"
end

# It has these words and no more.
function __trainctl_is_only
    set -l words (commandline -opc | string match -v -- '-*')
    test "$words[2..]" = "$argv"
end

function __trainctl_has_no_command
    set -l words (commandline -opc | string match -v -- '-*')
    test (count $words) -eq 1
end

complete -c trainctl -f
complete -c trainctl -l json -d 'JSON for programs'
complete -c trainctl -s h -l help -d 'show help'
complete -c trainctl -l version -d 'show the version'

complete -c trainctl -n __trainctl_has_no_command -a queue -d 'add, list, move, remove or restore sessions'
complete -c trainctl -n __trainctl_has_no_command -a curriculum -d 'queue the three phases one after the other'
complete -c trainctl -n __trainctl_has_no_command -a start -d 'start the queue'
complete -c trainctl -n __trainctl_has_no_command -a pause -d 'start nothing more; what runs goes on'
complete -c trainctl -n __trainctl_has_no_command -a status -d 'show how a session stands, or all of them'
complete -c trainctl -n __trainctl_has_no_command -a watch -d 'watch a session, or the queue, live until it ends'
complete -c trainctl -n __trainctl_has_no_command -a cancel -d 'stop sessions for good'
complete -c trainctl -n __trainctl_has_no_command -a suspend -d 'pause running sessions where they are'
complete -c trainctl -n __trainctl_has_no_command -a resume -d 'let suspended sessions go on'
complete -c trainctl -n __trainctl_has_no_command -a retry -d 'queue ended sessions again'
complete -c trainctl -n __trainctl_has_no_command -a tag -d 'set the tags of a session'
complete -c trainctl -n __trainctl_has_no_command -a note -d 'write a note on a session'
complete -c trainctl -n __trainctl_has_no_command -a logs -d 'print what a run wrote'
complete -c trainctl -n __trainctl_has_no_command -a metrics -d 'print losses and other series'
complete -c trainctl -n __trainctl_has_no_command -a gates -d 'list the quality gates of a session and what its supervisor said'
complete -c trainctl -n __trainctl_has_no_command -a checkpoints -d 'list checkpoints'
complete -c trainctl -n __trainctl_has_no_command -a events -d 'list what happened and what the watchdog said'
complete -c trainctl -n __trainctl_has_no_command -a keys -d 'the keys to providers'
complete -c trainctl -n __trainctl_has_no_command -a models -d 'list the models and what they cost'
complete -c trainctl -n __trainctl_has_no_command -a spend -d 'show what calls to providers have cost'
complete -c trainctl -n __trainctl_has_no_command -a budget -d 'what may be spent in a month'
complete -c trainctl -n __trainctl_has_no_command -a awake -d 'whether a training keeps the computer awake'
complete -c trainctl -n __trainctl_has_no_command -a serve -d 'offer the API on loopback TCP with a token'
complete -c trainctl -n __trainctl_has_no_command -a engine -d 'status, start or stop the engine'
complete -c trainctl -n __trainctl_has_no_command -a demo -d 'train the small curriculum and watch it'
complete -c trainctl -n __trainctl_has_no_command -a help -d 'show help'

complete -c trainctl -n '__trainctl_is_only queue' -a add -d 'queue a session and print its id'
complete -c trainctl -n '__trainctl_is_only queue' -a list -d 'list the sessions in their order'
complete -c trainctl -n '__trainctl_is_only queue' -a move -d 'move a queued session; 1 is the front'
complete -c trainctl -n '__trainctl_is_only queue' -a remove -d 'remove sessions that are not running'
complete -c trainctl -n '__trainctl_is_only queue' -a restore -d 'put sessions back that were just removed'
complete -c trainctl -n '__trainctl_is_only keys' -a add -d 'check a key and keep it'
complete -c trainctl -n '__trainctl_is_only keys' -a list -d 'list the keys and how they stand'
complete -c trainctl -n '__trainctl_is_only keys' -a check -d 'ask the provider whether a key is good'
complete -c trainctl -n '__trainctl_is_only keys' -a rename -d 'give a key another name'
complete -c trainctl -n '__trainctl_is_only keys' -a replace -d 'put another secret into a key'
complete -c trainctl -n '__trainctl_is_only keys' -a remove -d 'take a key out'
complete -c trainctl -n '__trainctl_is_only keys' -a restore -d 'put a removed key back'
complete -c trainctl -n '__trainctl_is_only keys' -a unlock -d 'have the desktop ask for the keyring\'s password'
complete -c trainctl -n '__trainctl_is_only engine' -a status -d 'show whether the engine runs'
complete -c trainctl -n '__trainctl_is_only engine' -a start -d 'start the engine'
complete -c trainctl -n '__trainctl_is_only engine' -a stop -d 'stop the engine; runs go on'

complete -c trainctl -n '__trainctl_is queue add' -x -l provider -a 'none claude openai xai qwen compatible' -d 'teacher and supervisor'
complete -c trainctl -n '__trainctl_is queue add' -x -l model -d 'the model of the provider'
complete -c trainctl -n '__trainctl_is queue add' -x -l key -d 'the key to use, by name or number'
complete -c trainctl -n '__trainctl_is queue add' -x -l policy -a 'off notify pause stop' -d 'what a verdict may do'
complete -c trainctl -n '__trainctl_is queue add' -x -l verdict-every -d 'ask for a verdict every so many epochs'
complete -c trainctl -n '__trainctl_is queue add' -x -l corpus -a 'english hlx translation 1 2 3' -d 'what is learnt'
complete -c trainctl -n '__trainctl_is queue add' -r -F -l corpus-file -d 'a corpus of your own'
complete -c trainctl -n '__trainctl_is queue add' -x -l epochs -d 'how many epochs'
complete -c trainctl -n '__trainctl_is queue add' -x -l target -a 'helix-100m helix-10m helix-1m' -d 'what is trained'
complete -c trainctl -n '__trainctl_is queue add' -x -l seed -d 'start of the random numbers'
complete -c trainctl -n '__trainctl_is queue add' -x -l set -d 'pass an option to the script'
complete -c trainctl -n '__trainctl_is queue add' -r -F -l script -d 'a training script of your own'
complete -c trainctl -n '__trainctl_is queue add' -r -F -l python -d 'the Python to run it with'
complete -c trainctl -n '__trainctl_is queue add' -x -l command -d 'any command instead of a script'
complete -c trainctl -n '__trainctl_is queue add' -x -l workdir -a '(__fish_complete_directories)' -d 'where the script runs'
complete -c trainctl -n '__trainctl_is queue add' -x -l budget -d 'the most it may spend, in US dollars'
complete -c trainctl -n '__trainctl_is queue add' -x -l after -a '(__trainctl_ids)' -d 'start when this session has completed'
complete -c trainctl -n '__trainctl_is queue add' -r -F -l resume-from -d 'a checkpoint to go on from'
complete -c trainctl -n '__trainctl_is queue add' -x -l env -d 'an environment variable of the script'
complete -c trainctl -n '__trainctl_is queue add' -x -l regex -d 'how to read progress'
complete -c trainctl -n '__trainctl_is queue add' -x -l title -d 'a name of your own'
complete -c trainctl -n '__trainctl_is queue add' -x -l grace -d 'time to save after a stop'
complete -c trainctl -n '__trainctl_is queue add' -l auto-stop -d 'stop when the loss diverges'
complete -c trainctl -n '__trainctl_is queue add' -l estimate -d 'say what it would take, queue nothing'
complete -c trainctl -n '__trainctl_is queue list' -x -l state -a 'queued blocked starting running paused completed failed cancelled skipped' -d 'only these states'

complete -c trainctl -n '__trainctl_is curriculum' -x -l epochs -d 'epochs of the three phases, N,N,N'
complete -c trainctl -n '__trainctl_is curriculum' -x -l target -a 'helix-100m helix-10m helix-1m' -d 'what is trained'
complete -c trainctl -n '__trainctl_is curriculum' -x -l provider -a 'none claude openai xai qwen compatible' -d 'teacher and supervisor'
complete -c trainctl -n '__trainctl_is curriculum' -x -l model -d 'the model of the provider'
complete -c trainctl -n '__trainctl_is curriculum' -x -l key -d 'the key to use, by name or number'
complete -c trainctl -n '__trainctl_is curriculum' -x -l policy -a 'off notify pause stop' -d 'what a verdict may do'
complete -c trainctl -n '__trainctl_is curriculum' -x -l verdict-every -d 'ask for a verdict every so many epochs'
complete -c trainctl -n '__trainctl_is curriculum' -x -l seed -d 'start of the random numbers'
complete -c trainctl -n '__trainctl_is curriculum' -x -l set -d 'pass an option to the script'
complete -c trainctl -n '__trainctl_is curriculum' -x -l env -d 'an environment variable of the script'
complete -c trainctl -n '__trainctl_is curriculum' -r -F -l script -d 'a training script of your own'
complete -c trainctl -n '__trainctl_is curriculum' -r -F -l python -d 'the Python to run it with'
complete -c trainctl -n '__trainctl_is curriculum' -r -F -l corpus-file -d 'a corpus of your own'
complete -c trainctl -n '__trainctl_is curriculum' -x -l budget -d 'the most each phase may spend, in US dollars'
complete -c trainctl -n '__trainctl_is curriculum' -l auto-stop -d 'stop when the loss diverges'
complete -c trainctl -n '__trainctl_is curriculum' -l estimate -d 'say what it would take, queue nothing'
complete -c trainctl -n '__trainctl_is curriculum' -l start -d 'start the queue as well'

complete -c trainctl -n '__trainctl_is logs' -s f -l follow -d 'go on until the run ends'
complete -c trainctl -n '__trainctl_is logs' -l raw -d 'the bytes as the run wrote them, keys and all'
complete -c trainctl -n '__trainctl_is metrics' -l csv -d 'comma-separated values'
complete -c trainctl -n '__trainctl_is metrics' -x -l series -d 'only these series'
complete -c trainctl -n '__trainctl_is metrics' -x -l points -d 'thin each series out'
complete -c trainctl -n '__trainctl_is keys add' -x -l provider -a 'claude openai xai qwen compatible' -d 'whose key it is'
complete -c trainctl -n '__trainctl_is keys add' -x -l name -d 'what to call it'
complete -c trainctl -n '__trainctl_is keys add' -x -l base-url -d 'where the server is'
complete -c trainctl -n '__trainctl_is keys remove' -l now -d 'forget it at once, with no way back'
complete -c trainctl -n '__trainctl_is models' -x -l provider -a 'claude openai xai qwen compatible' -d 'only this one'
complete -c trainctl -n '__trainctl_is models' -l refresh -d 'ask the providers first'
complete -c trainctl -n '__trainctl_is_only models' -a pull -d 'let Ollama fetch a model'
complete -c trainctl -n '__trainctl_is spend' -x -l by -a 'session provider model day key call' -d 'what to sum up by'
complete -c trainctl -n '__trainctl_is spend' -x -l session -a '(__trainctl_ids)' -d 'only what this session spent'
complete -c trainctl -n '__trainctl_is spend' -x -l from -d 'calls from this day on'
complete -c trainctl -n '__trainctl_is spend' -x -l to -d 'calls up to this day'
complete -c trainctl -n '__trainctl_is_only budget' -a show -d 'show what may be spent, and what was'
complete -c trainctl -n '__trainctl_is_only budget' -a set -d 'set or lift a limit'
complete -c trainctl -n '__trainctl_is_only budget set' -a 'month session claude openai xai qwen compatible' -d 'what it is for'
complete -c trainctl -n '__trainctl_is_only awake' -a show -d 'show whether that is wanted, and so now'
complete -c trainctl -n '__trainctl_is_only awake' -a on -d 'keep the computer awake while a training runs'
complete -c trainctl -n '__trainctl_is_only awake' -a off -d 'let it suspend'
complete -c trainctl -n '__trainctl_is status' -l command -d 'print the command as it was started'
complete -c trainctl -n '__trainctl_is_only checkpoints' -a remove -d 'put checkpoints aside'
complete -c trainctl -n '__trainctl_is_only checkpoints' -a restore -d 'put removed checkpoints back'
complete -c trainctl -n '__trainctl_is_only checkpoints' -a keep -d 'keep the best and the last of each run'
complete -c trainctl -n '__trainctl_is_only checkpoints' -a purge -d 'delete for good what was removed'
complete -c trainctl -n '__trainctl_is_only checkpoints' -a auto -d 'keep only those after each session'
complete -c trainctl -n '__trainctl_is checkpoints auto' -a off -d 'let all stay'
complete -c trainctl -n '__trainctl_is checkpoints' -l all -d 'also those whose files are gone'
complete -c trainctl -n '__trainctl_is checkpoints keep' -l dry-run -d 'say what would be removed'
complete -c trainctl -n '__trainctl_is checkpoints keep' -x -l session -a '(__trainctl_ids)' -d 'only those of this session'
complete -c trainctl -n '__trainctl_is serve' -x -l port -d 'the port on 127.0.0.1'
complete -c trainctl -n '__trainctl_is serve' -l stop -d 'stop listening'

for command in 'queue move' 'queue remove' status watch cancel suspend resume retry tag note logs metrics gates checkpoints events
    complete -c trainctl -n "__trainctl_is $command" -a '(__trainctl_ids)'
end
