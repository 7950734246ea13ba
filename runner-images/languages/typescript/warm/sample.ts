import fs = require('node:fs')
import { join } from 'node:path'
export { join }
enum Plain { A = 1, B = -(A | 2), C }
const enum Inlined { A = 'a' }
namespace Space { export const path = fs.realpathSync('.') }
class Shape<T> {
  constructor (readonly sides: T[]) {}
  @quiet get count (): number { return this.sides.length }
}
function quiet (getter: () => number, context: ClassGetterDecoratorContext): () => number { return getter }
const tasks = [1, 2, 3].map(async (n: number): Promise<string> => `${n} ${Plain[n] ?? Inlined.A}`)
Promise.all(tasks).then((lines) => { console.log(lines.join('\n'), new Shape([1]).count, Space.path) }, (error: unknown) => { throw error })
export default { list: [function () {}, class {}] as const, map: new Map<string, number>() }
