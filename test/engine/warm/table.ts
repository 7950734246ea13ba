import { readFileSync } from 'node:fs'

import type { File } from '../kit.js'

/** A program of a table, with its expectation. */
export interface Program {
  title: string
  files: File[]
  /** Other members of the payload. */
  payload: object
  /** same: warm and plain runs have equal results. differs: all results differ. witness: the program prints `warm` or `plain`. */
  expects: 'same' | 'differs' | 'witness'
}

/**
 * Reads a table of programs. `=== title` begins a program, and `--- name` begins a file of the program. Names in angle brackets are not files:
 * `<payload>` is JSON for the payload, and `<differs>` and `<witness>` set the expectation. `<repeat>` is JSON, `{name: count}`: the content of the
 * file is repeated `count` times, and INDEX is replaced with the number of the copy, starting at 0.
 */
export function readTable (path: URL): Program[] {
  return split(readFileSync(path, 'utf8'), /^=== (.*)\n/m).map(({ name, content }) => program(name, split(content, /^--- (.*)\n/m)))
}

function program (title: string, sections: File[]): Program {
  const notes = new Map(sections.filter(({ name }) => name.startsWith('<')).map(({ name, content }) => [name, content]))
  const unknown = [...notes.keys()].find((name) => !['<payload>', '<repeat>', '<differs>', '<witness>'].includes(name))
  if (unknown !== undefined) throw new Error(`${title}: unknown section ${unknown}`)
  const counts: Record<string, number> = JSON.parse(notes.get('<repeat>') ?? '{}')
  return {
    title,
    files: sections.filter(({ name }) => !name.startsWith('<')).map((file) => repeated(file, counts[file.name] ?? 0)),
    payload: JSON.parse(notes.get('<payload>') ?? '{}'),
    expects: notes.has('<differs>') ? 'differs' : notes.has('<witness>') ? 'witness' : 'same'
  }
}

function repeated ({ name, content }: File, count: number): File {
  return { name, content: count === 0 ? content : Array.from({ length: count }, (_, index) => content.replaceAll('INDEX', String(index))).join('') }
}

function split (text: string, heading: RegExp): File[] {
  const parts = text.split(heading).slice(1)
  return parts.flatMap((name, at) => at % 2 === 0 ? [{ name, content: parts[at + 1] ?? '' }] : [])
}
