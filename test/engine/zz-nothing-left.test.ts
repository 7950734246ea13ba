import t from 'tap'

import { containersOfOurs, docker, inspect } from './kit.js'

// The last file by name: what the whole suite left behind. Another service on this engine may have containers of its own.
void t.test('after the suite no container and no image of it is left', async (t) => {
  const containers = await Promise.all((await containersOfOurs()).map(({ Id }) => inspect(Id)))
  t.strictSame(containers.filter((info) => info?.Config.Hostname.startsWith('test-')).map((info) => info?.Name), [])
  const images = await docker.listImages({ filters: { reference: ['glot/test-*', 'runonce/test-*'] } as never })
  t.strictSame(images.map(({ RepoTags }) => RepoTags), [])
})
