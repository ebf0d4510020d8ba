// Greets whoever "name" says. With no name, the world.
//
//   {"name": "Ada"}  ->  {"greeting": "Hello, Ada!"}

function main({ name = 'World' }) {
  console.log(`greeting ${name}`);
  return { greeting: `Hello, ${name}!` };
}
