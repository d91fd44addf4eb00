/** Names of runs that nobody named: easy to say, and hard to mistake for one another. */
const ADJECTIVES =
  "amber ancient autumn azure bold brave bright brisk calm careful clever copper coral crimson crisp curious daring deft distant eager early earnest elder emerald fabled fair fancy fearless fleet fluent frosty gentle gilded glad golden grand hardy hazel hidden honest humble indigo ivory jade jolly keen kind lively lucid lunar magnetic mellow merry mighty misty modest nimble noble olive opal patient placid plucky polite proud quick quiet radiant rapid ready regal robust rosy royal ruby rustic sable sage scarlet serene sharp shiny silent silver smooth snowy solar solid spry steady stellar sturdy sunny swift tender tidy topaz tranquil true upbeat velvet vivid warm wild wise witty young zesty".split(
    " ",
  );
const NOUNS =
  "accordion albatross alpaca anchor badger bassoon beaver bison bobcat bongo cello chamois cheetah clarinet cobra condor cornet coyote crane cricket cuckoo curlew dolphin dove drum eagle egret falcon ferret fiddle finch flute fox gazelle gecko gibbon guitar hare harp hawk heron horn ibex ibis jackal jaguar kestrel kingfisher koala lark lemur leopard linnet lute lynx mandolin marimba marlin marmot marten mongoose moose narwhal newt oboe ocelot organ oriole osprey otter owl panda panther pelican penguin piano piccolo pigeon plover puffin puma quail rabbit raven robin sailfish salmon seal serval shrike sitar skylark sloth sparrow squirrel starling stork swan tapir tenor tern thrush tiger timpani toucan trombone trumpet tuba turtle viola violin vulture walrus weasel wolf wombat wren zebra zither".split(
    " ",
  );

export function randomName(): string {
  return `${pick(ADJECTIVES)}-${pick(NOUNS)}`;
}

function pick(words: readonly string[]): string {
  return words[Math.floor(Math.random() * words.length)] ?? "run";
}
