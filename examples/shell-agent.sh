#!/bin/sh
# A command agent in a few lines of shell. Any program will do that reads the prompt from standard
# input and writes its answer to standard output. In config.toml:
#
#   [agent]
#   kind = "command"
#   argv = ["/path/to/examples/shell-agent.sh"]
#
# A model's own program is called the same way: argv = ["my-agent", "--print", "--model", "{model}"].
#
# Exit code 0: the answer stands. 75: try again later. Anything else: it failed, and the end of
# standard error says why. The environment says which run this is.
set -eu

prompt=$(cat)

case $prompt in
*disk*) df -h / ;;
*"who asks"*) echo "Job $HOROLOG_JOB_ID, run $HOROLOG_RUN, due $HOROLOG_DUE_AT, for $HOROLOG_CHANNEL/$HOROLOG_CHAT_ID." ;;
*later*)
  echo "Not now." >&2
  exit 75
  ;;
"")
  echo "There is no prompt. Ask about the disk, or who asks." >&2
  exit 1
  ;;
*) printf 'You asked: %s\n' "$prompt" ;;
esac
