import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'

import t from 'tap'

import { freshBase } from '../../../../tools/images/fresh-base.js'

const NEW = 'sha256:new'
const events = (...lines: object[]) => Readable.from(lines.map((line) => `${JSON.stringify(line)}\n`))

/** An engine whose untagged images include two earlier bases. Images that are built on the second one still use it. */
function fakeDocker () {
  const removed: string[] = []
  const filters: object[] = []
  const docker = {
    pull: async () => events({ status: 'up to date' }),
    buildImage: async (context: Readable) => {
      await finished(context.resume())
      return events({ aux: { ID: NEW } })
    },
    listImages: async (options: { filters: object }) => {
      filters.push(options.filters)
      return [{ Id: 'sha256:unused' }, { Id: 'sha256:parent' }, { Id: NEW }]
    },
    getImage: (id: string) => ({
      remove: async () => {
        if (id === 'sha256:parent') throw Object.assign(new Error('image has dependent child images'), { statusCode: 409 })
        removed.push(id)
      }
    })
  }
  return { docker, removed, filters }
}

t.test('a renewed base replaces those of earlier calls, except one on which images are based', async (t) => {
  const { docker, removed, filters } = fakeDocker()
  await freshBase(docker as never, () => {})
  t.same(filters, [{ dangling: ['true'], label: ['runonce.renewed'] }])
  t.same(removed, ['sha256:unused'])
})
