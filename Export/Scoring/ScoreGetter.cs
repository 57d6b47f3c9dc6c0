using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Gives the model's result for the current row.</summary>
internal delegate ReadOnlySpan<float> ScoreSource();

/// <summary>Makes ML.NET getters of output columns.</summary>
internal static class ScoreGetter
{
    public static Microsoft.ML.ValueGetter<TValue> Create<TValue>(ScoreBindings bindings, int output, ScoreSource source)
    {
        var info = bindings.Manifest.Outputs[output];
        Delegate getter = info.IsVector
            ? (Microsoft.ML.ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => Copy(source(), ref value))
            : (Microsoft.ML.ValueGetter<float>)((ref float value) => value = source()[0]);
        return getter as Microsoft.ML.ValueGetter<TValue>
            ?? throw new InvalidOperationException(
                $"Column '{info.Name}' holds {(info.IsVector ? "VBuffer<float>" : "float")}; "
                    + $"a getter of {typeof(TValue).Name} was asked for.");
    }

    private static void Copy(ReadOnlySpan<float> source, ref VBuffer<float> destination)
    {
        var editor = VBufferEditor.Create(ref destination, source.Length);
        source.CopyTo(editor.Values);
        destination = editor.Commit();
    }
}
