/** Prefix that Podman adds to the names of images that were built without a registry. */
const LOCAL_REGISTRY = 'localhost/'

/** Returns the name by which Docker knows an image: Podman's `localhost/runonce/c:latest` becomes `runonce/c:latest`. */
export function dockerName (ref: string): string {
  return ref.startsWith(LOCAL_REGISTRY) ? ref.slice(LOCAL_REGISTRY.length) : ref
}

/** Returns the name by which Podman knows an image that was built on its machine. */
export function podmanName (ref: string): string {
  return LOCAL_REGISTRY + dockerName(ref)
}

/** Adds the tag `latest` to a name without tag and digest, as the engine does. */
export function taggedName (ref: string): string {
  const name = dockerName(ref)
  return /[:@][^/]*$/.test(name) ? name : `${name}:latest`
}

/**
 * Returns a function that checks whether a pattern of DOCKER_IMAGE_ALLOW allows a name. `*` matches any characters
 * except a slash; a pattern without a tag matches every tag and digest.
 */
export function imageMatcher (pattern: string): (ref: string) => boolean {
  const name = dockerName(pattern)
  const tagged = name.lastIndexOf(':') > name.lastIndexOf('/')
  const source = name.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('[^/]*')
  const matches = new RegExp(`^${source}${tagged ? '' : '([:@][^/]*)?'}$`)
  return (ref) => matches.test(dockerName(ref))
}
