using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>Scores sample sequences by an exported file.</summary>
internal abstract class SampleRun
{
    /// <summary>Sequences that may be given at once.</summary>
    public virtual int MostRows => int.MaxValue;

    public static SampleRun Of(SequenceModelManifest manifest, InferenceSession session) =>
        manifest.IsStreaming ? new StepByStep(manifest, session) : new Whole(session);

    /// <summary>The outputs for the sequences, which are tensors <c>[count, steps, …]</c>.</summary>
    public abstract IDisposableReadOnlyCollection<OrtValue> Score(string[] inputs, OrtValue[] tensors, string[] outputs);

    private sealed class Whole(InferenceSession session) : SampleRun
    {
        public override IDisposableReadOnlyCollection<OrtValue> Score(string[] inputs, OrtValue[] tensors, string[] outputs)
        {
            using var options = new RunOptions();
            return session.Run(options, inputs, tensors, outputs);
        }
    }

    /// <summary>A file of one step: a sequence's observations one after the other, from a state of zeros.</summary>
    private sealed class StepByStep(SequenceModelManifest manifest, InferenceSession session) : SampleRun
    {
        private readonly StreamingState[] _states = [.. manifest.StreamingStates];

        public override int MostRows => 1;

        public override IDisposableReadOnlyCollection<OrtValue> Score(string[] inputs, OrtValue[] tensors, string[] outputs)
        {
            var steps = tensors.Select(SampleSteps.Create).ToArray();
            float[][] state = [.. _states.Select(s => new float[s.Size])];
            string[] names = [.. inputs, .. _states.Select(s => s.Name)], results = [.. outputs, .. _states.Select(s => s.NextName)];
            for (int step = FirstStep(steps); step < steps[0].Count - 1; step++)
            {
                using var result = Run(steps, step, state, names, results);
                for (int s = 0; s < state.Length; s++)
                    result[outputs.Length + s].GetTensorDataAsSpan<float>().CopyTo(state[s]);
            }
            return Run(steps, steps[0].Count - 1, state, names, results);
        }

        // Padding is no observation.
        private int FirstStep(SampleSteps[] steps)
        {
            int first = 0;
            while (manifest.VariableLength && first < steps[0].Count - 1 && steps.All(s => s.IsMissing(first)))
                first++;
            return first;
        }

        private IDisposableReadOnlyCollection<OrtValue> Run(SampleSteps[] steps, int step, float[][] state, string[] names, string[] results)
        {
            OrtValue[] tensors =
            [
                .. steps.Select(s => s.Tensor(step)),
                .. state.Select((values, i) => OrtValue.CreateTensorValueFromMemory(values, [1, 1, _states[i].Size])),
            ];
            try
            {
                using var options = new RunOptions();
                return session.Run(options, names, tensors, results);
            }
            finally
            {
                Array.ForEach(tensors, t => t.Dispose());
            }
        }
    }
}
