/** Returns the element with an ID. @throws Error if the page does not have this element */
export function element<T extends HTMLElement> (id: string, type: new () => T): T {
  const found = document.getElementById(id)
  if (!(found instanceof type)) throw new Error(`There is no ${type.name} with the ID ${id}`)
  return found
}
