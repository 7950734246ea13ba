/** Returns a program that prints `clean 42` in a new container, or lists the leftovers that it finds. */
export function cleanProgram (language: string): string {
  const program = PROGRAMS[language]
  if (program === undefined) throw new Error(`no such program in ${language}`)
  return program
}

const PYTHON = `
import os, socket
left = [name for name in os.listdir('.') if name != 'main.py']
for folder in ('/tmp', '/dev/shm', '/dev/mqueue'):
    left += [folder + '/' + name for name in (os.listdir(folder) if os.path.isdir(folder) else [])]
left += [name for name in os.listdir('/proc') if name.isdigit() and int(name) not in (1, os.getpid())]
if os.path.exists('/proc/sysvipc/shm'):
    left += open('/proc/sysvipc/shm').read().splitlines()[1:]
if 'planted' in socket.gethostname():
    left.append(socket.gethostname())
print(*(left or ['clean', 6 * 7]))
`
const JAVASCRIPT = `
const fs = require('node:fs')
const list = (folder) => fs.existsSync(folder) ? fs.readdirSync(folder) : []
const left = [
  ...list('.').filter((name) => name !== 'main.js'), ...list('/tmp'), ...list('/dev/shm'), ...list('/dev/mqueue'),
  ...list('/proc').filter((name) => /^[0-9]+$/.test(name) && name !== '1' && Number(name) !== process.pid)
]
console.log(...(left.length > 0 ? left : ['clean', 6 * 7]))
`
// Starts no process other than the shell.
const BASH = `
shopt -s nullglob dotglob
left=()
for path in * /tmp/* /dev/shm/* /dev/mqueue/* /proc/[0-9]*; do
  case $path in main.sh | /proc/1 | /proc/$$) ;; *) left+=("$path") ;; esac
done
echo "\${left[@]:-clean $((6 * 7))}"
`
const C = `
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static int left;
static void look (const char *folder)
{
  DIR *dir = opendir(folder);
  struct dirent *entry;
  while (dir != NULL && (entry = readdir(dir)) != NULL) {
    const char *name = entry->d_name;
    if (name[0] == '.' && (name[1] == 0 || name[1] == '.')) continue;
    if (strcmp(folder, ".") == 0 && (strcmp(name, "a.out") == 0 || strncmp(name, "main.c", 6) == 0)) continue;
    if (strcmp(folder, "/proc") == 0 && (atoi(name) <= 1 || atoi(name) == getpid())) continue;
    printf("%s/%s ", folder, name);
    left++;
  }
}
int main (void)
{
  look("."); look("/tmp"); look("/dev/shm"); look("/dev/mqueue"); look("/proc");
  if (left == 0) printf("clean %d\\n", 6 * 7);
  return 0;
}
`
const PROGRAMS: Record<string, string> = { python: PYTHON, javascript: JAVASCRIPT, bash: BASH, c: C, cpp: C }
