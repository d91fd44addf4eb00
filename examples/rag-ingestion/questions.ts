import { flow, task, unmapped } from "segno";
import { z } from "zod";

import { defaultModel, embedderOf, MODELS, type ModelName } from "./embeddings.ts";
import { isTransient } from "./http.ts";
import { type Match, vectorStore } from "./vector-store.ts";

export const QUESTIONS = [
  "How can slavery be ended, and the slaves be freed with compensation?",
  "Why should we send a man to the moon?",
  "What should be done about health insurance reform?",
];

export interface Answer {
  question: string;
  passages: Match[];
}

const findPassages = task(
  { name: "find-passages", retries: 3, retryDelay: "2s", retryIf: isTransient },
  async (question: string, index: string, model: ModelName, limit: number): Promise<Answer> => {
    const [vector] = await embedderOf(model).embed([question]);
    const passages = vector ? await vectorStore().search(index, vector, limit) : [];
    return { question, passages };
  },
);

/** Finds, for each question, the passages of the index that come nearest to it. */
export const answer = flow(
  {
    name: "answer-questions",
    input: z.object({
      questions: z.array(z.string()),
      index: z.string(),
      passages: z.number().int().min(1).default(2),
      model: z.enum(MODELS).default(defaultModel),
    }),
  },
  async ({ questions, index, passages, model }) =>
    findPassages.map(questions, unmapped(index), unmapped(model), unmapped(passages)),
);
