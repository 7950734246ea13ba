import { EventEmitter, once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'

type Shape = { kind: 'circle', radius: number } | { kind: 'box', width: number, height: number } | { kind: 'group', parts: Shape[] }
type Path<T> = T extends object ? { [K in keyof T & string]: K | `${K}.${Path<T[K]>}` }[keyof T & string] : never
type DeepReadonly<T> = { readonly [K in keyof T]: T[K] extends object ? DeepReadonly<T[K]> : T[K] }
interface Order { customer: { name: string, city: string }, cents: number, tags?: string[] }

function area(shape: Shape): number {
  switch (shape.kind) {
    case 'circle': return Math.PI * shape.radius ** 2
    case 'box': return shape.width * shape.height
    case 'group': return shape.parts.reduce((sum, part) => sum + area(part), 0)
    default: return shape satisfies never
  }
}

function get<T extends object>(value: T, path: Path<T>): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value)
}

class Stack<T> implements Iterable<T> {
  #items: T[] = []
  push(...items: T[]): this { this.#items.push(...items); return this }
  * [Symbol.iterator](): Generator<T> { for (let i = this.#items.length - 1; i >= 0; i--) yield this.#items[i]! }
}

enum Level { Low = 1, High = 2 }

const orders: DeepReadonly<Order[]> = [
  { customer: { name: 'Ada', city: 'London' }, cents: 499, tags: ['b'] },
  { customer: { name: 'Grace', city: 'New York' }, cents: 1250 }
]
for (const { customer: { name }, cents, tags = [] } of [...orders].sort((a, b) => b.cents - a.cents)) console.log(name, (cents / 100).toFixed(2), tags)
console.log(area({ kind: 'group', parts: [{ kind: 'circle', radius: 1 }, { kind: 'box', width: 2, height: 3 }] }).toFixed(3))
console.log(get({ customer: { name: 'Ada', city: 'London' }, cents: 1 }, 'customer.city'), Level[Level.High])
console.log([...new Stack<number>().push(1, 2, 3)].map((n) => n * n), 2n ** 70n)
const emitter = new EventEmitter()
setTimeout(() => emitter.emit('ready', 42), 1)
const [value] = await once(emitter, 'ready') as [number]
await writeFile('out.json', JSON.stringify({ value, found: 'a1b22'.replaceAll(/[0-9]+/g, '#') }))
console.log(await readFile('out.json', 'utf8'), Object.entries(Object.groupBy(orders, ({ tags }) => String(tags?.length ?? 0))).map(([key, list]) => `${key}:${list?.length}`))
