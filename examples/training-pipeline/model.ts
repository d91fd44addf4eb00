/** Logistic regression on grouped data, in thirty lines: enough of a model for a pipeline to train. */

/** One group of people who share their features. */
export interface Sample {
  features: number[];
  /** How many survived, and how many did not. */
  positive: number;
  negative: number;
}

export interface Model {
  weights: number[];
  bias: number;
}

export function train(samples: readonly Sample[], learningRate: number, epochs: number): Model {
  const width = samples[0]?.features.length ?? 0;
  const total = samples.reduce((sum, { positive, negative }) => sum + positive + negative, 0);
  let model: Model = { weights: Array.from({ length: width }, () => 0), bias: 0 };
  for (let epoch = 0; epoch < epochs; epoch++) {
    const gradient = { weights: model.weights.map(() => 0), bias: 0 };
    for (const { features, positive, negative } of samples) {
      const excess = (predict(model, features) * (positive + negative) - positive) / total;
      gradient.weights = gradient.weights.map((value, i) => value + excess * (features[i] ?? 0));
      gradient.bias += excess;
    }
    model = {
      weights: model.weights.map((weight, i) => weight - learningRate * (gradient.weights[i] ?? 0)),
      bias: model.bias - learningRate * gradient.bias,
    };
  }
  return model;
}

/** The probability of the positive outcome. */
function predict({ weights, bias }: Model, features: readonly number[]): number {
  const score = features.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), bias);
  return 1 / (1 + Math.exp(-score));
}

/** The share of people whose outcome the model predicts. */
export function accuracy(model: Model, samples: readonly Sample[]): number {
  let right = 0;
  let total = 0;
  for (const { features, positive, negative } of samples) {
    right += predict(model, features) >= 0.5 ? positive : negative;
    total += positive + negative;
  }
  return right / total;
}
