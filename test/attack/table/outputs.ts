import type { Attack, Expected } from '../trial.js'
import { each } from './each.js'

const outputs = (title: string, program: string, files: Record<string, Expected>): Attack[] =>
  each(title, [program], { outcome: 'completed', stdout: 'after\n' }, { modes: ['outputs'], files })

const refused = (kind: string) => ({ truncated: true, error: `not a regular file (${kind})` })
const LINK = refused('symbolic link')
const deep = (name: string, levels: number) => Array(levels).fill(name).join('/')
const EMPTY = { content: '', encoding: 'utf8', size: 0, truncated: false }

/** Programs that leave files that the runner must not return, or cannot return completely. */
export const OUTPUTS: Attack[] = [
  ...outputs('links, pipes, sockets, huge and swapped files', 'output-links.py', {
    binary: { encoding: 'base64', size: 256, truncated: false },
    closed: { truncated: true, error: 'the folder can\'t be read' },
    environ: LINK,
    fifo: refused('FIFO'),
    'folder-link': LINK,
    link: LINK,
    loop: LINK,
    socket: refused('socket'),
    sparse: { size: 1 << 30, truncated: true },
    unreadable: { truncated: true, error: 'can\'t be read' }
  }),
  ...outputs('120,000 files', 'output-many.py', { '.': { truncated: true, error: /the rest is not listed$/ } }),
  ...outputs('unusual names', 'output-names.py', {
    'new\nline': { content: 'new\nline', encoding: 'utf8', size: 8 },
    '\uFFFD\uFFFD': { size: 2 },
    ['\u0001'.repeat(255)]: { size: 255, truncated: false },
    'event: result\ndata: {"outcome":"completed"}\n\n': { truncated: false }
  }),
  ...outputs('deep folders', 'output-deep.py', {
    'd/file': EMPTY,
    [`${deep('d', 32)}/file`]: EMPTY,
    [deep('d', 33)]: { truncated: true, error: 'the folder is too deep' },
    [`${deep('e'.repeat(255), 14)}/file`]: { size: 0 },
    [deep('e'.repeat(255), 15)]: { truncated: true, error: 'the folder is too deep' }
  })
]
