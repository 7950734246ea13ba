import type { File } from './kit.js'

/** What each language is asked to do: read and echo stdin, exit with 3, write to stderr, be wrong, and use a second file. */
export interface Programs {
  stdin: string
  exit3: string
  stderr: string
  /** A program that can't be built or parsed, and what the language itself says to it, the file's name included. */
  broken: { code: string, message: RegExp, builds: boolean }
  twoFiles: File[]
}

const file = (name: string, content: string): File => ({ name, content })

export const languages: Record<string, Programs> = {
  python: {
    stdin: 'print(input())',
    exit3: 'import sys\nsys.exit(3)',
    stderr: 'import sys\nprint("oops", file=sys.stderr)',
    broken: { code: 'print("never"\n', message: /File "\/work\/main\.py|File "main\.py", line 1[^]*SyntaxError/, builds: false },
    twoFiles: [file('main.py', 'from greet import hello\nprint(hello("two"))'), file('greet.py', 'def hello(who): return "hello " + who')]
  },
  javascript: {
    stdin: 'process.stdin.on("data", (text) => process.stdout.write(text))',
    exit3: 'process.exit(3)',
    stderr: 'console.error("oops")',
    broken: { code: 'let x = ;\n', message: /main\.js:1[^]*SyntaxError/, builds: false },
    twoFiles: [file('main.js', 'const { hello } = require("./greet")\nconsole.log(hello("two"))'), file('greet.js', 'exports.hello = (who) => "hello " + who')]
  },
  typescript: {
    stdin: 'import { readFileSync } from "node:fs"\nconst text: string = readFileSync(0, "utf8")\nprocess.stdout.write(text)',
    exit3: 'process.exit(3)',
    stderr: 'const word: string = "oops"\nconsole.error(word)',
    broken: { code: 'const n: number = "text"\nconsole.log(n)\n', message: /main\.ts[(:]1.*TS2322/, builds: true },
    twoFiles: [file('main.ts', 'import { hello } from "./greet"\nconst who: string = "two"\nconsole.log(hello(who))'), file('greet.ts', 'export function hello (who: string): string { return "hello " + who }')]
  },
  ruby: {
    stdin: 'puts gets',
    exit3: 'exit 3',
    stderr: 'warn "oops"',
    broken: { code: 'puts "never\n', message: /main\.rb:1/, builds: false },
    twoFiles: [file('main.rb', 'require_relative "greet"\nputs hello("two")'), file('greet.rb', 'def hello(who) = "hello #{who}"')]
  },
  java: {
    stdin: 'public class Reader { public static void main(String[] args) throws Exception { System.in.transferTo(System.out); System.out.flush(); } }',
    exit3: 'public class Exits { public static void main(String[] args) { System.exit(3); } }',
    stderr: 'class Speaks { public static void main(String[] args) { System.err.println("oops"); } }',
    broken: { code: 'public class Wrong { int f() { return "text"; } }\n', message: /Main\.java:1: error: incompatible types/, builds: true },
    twoFiles: [
      file('Main.java', 'import greet.Greet;\npublic class Main { public static void main(String[] args) { System.out.println(Greet.hello("two")); } }'),
      file('greet/Greet.java', 'package greet;\npublic class Greet { public static String hello(String who) { return "hello " + who; } }')
    ]
  },
  c: {
    stdin: '#include <stdio.h>\nint main(void) { int c; while ((c = getchar()) != EOF) putchar(c); return 0; }',
    exit3: 'int main(void) { return 3; }',
    stderr: '#include <stdio.h>\nint main(void) { fputs("oops\\n", stderr); return 0; }',
    broken: { code: 'int main(void) { return nothing; }\n', message: /main\.c:1:\d+: error: .*nothing/, builds: true },
    twoFiles: [
      file('main.c', '#include <stdio.h>\n#include "lib/greet.h"\nint main(void) { printf("%s two\\n", hello()); return 0; }'),
      file('lib/greet.c', '#include "greet.h"\nconst char *hello(void) { return "hello"; }'),
      file('lib/greet.h', 'const char *hello(void);')
    ]
  },
  cpp: {
    stdin: '#include <iostream>\nint main() { std::cout << std::cin.rdbuf(); }',
    exit3: 'int main() { return 3; }',
    stderr: '#include <iostream>\nint main() { std::cerr << "oops" << std::endl; }',
    broken: { code: 'int main() { return nothing; }\n', message: /main\.cpp:1:\d+: error: .*nothing/, builds: true },
    twoFiles: [
      file('main.cpp', '#include <iostream>\n#include "greet.hpp"\nint main() { std::cout << hello("two") << "\\n"; }'),
      file('greet.cpp', '#include "greet.hpp"\nstd::string hello(std::string who) { return "hello " + who; }'),
      file('greet.hpp', '#include <string>\nstd::string hello(std::string who);')
    ]
  },
  go: {
    stdin: 'package main\nimport ("io"; "os")\nfunc main() { io.Copy(os.Stdout, os.Stdin) }',
    exit3: 'package main\nimport "os"\nfunc main() { os.Exit(3) }',
    stderr: 'package main\nimport ("fmt"; "os")\nfunc main() { fmt.Fprintln(os.Stderr, "oops") }',
    broken: { code: 'package main\nfunc main() { nothing() }\n', message: /main\.go:2:\d+: undefined: nothing/, builds: true },
    twoFiles: [file('main.go', 'package main\nimport "fmt"\nfunc main() { fmt.Println(hello("two")) }'), file('greet.go', 'package main\nfunc hello(who string) string { return "hello " + who }')]
  },
  bash: {
    stdin: 'cat',
    exit3: 'exit 3',
    stderr: 'echo oops >&2',
    broken: { code: 'if true; then\n', message: /main\.sh: line \d+: syntax error/, builds: false },
    twoFiles: [file('main.sh', '. ./greet.sh\nhello two'), file('greet.sh', 'hello() { echo "hello $1"; }')]
  },
  php: {
    stdin: '<?php echo fgets(STDIN);',
    exit3: '<?php exit(3);',
    stderr: '<?php fwrite(STDERR, "oops\n");',
    broken: { code: '<?php $x = ;\n', message: /PHP Parse error: .* in \/work\/main\.php on line 1/, builds: false },
    twoFiles: [file('main.php', '<?php require "greet.php"; echo hello("two"), "\n";'), file('greet.php', '<?php function hello($who) { return "hello $who"; }')]
  },
  perl: {
    stdin: 'print <STDIN>;',
    exit3: 'exit 3',
    stderr: 'print STDERR "oops\n"',
    broken: { code: 'print (;\n', message: /syntax error at main\.pl line 1/, builds: false },
    twoFiles: [file('main.pl', 'require "./greet.pl"; print hello("two"), "\n";'), file('greet.pl', 'sub hello { return "hello $_[0]" } 1;')]
  }
}
