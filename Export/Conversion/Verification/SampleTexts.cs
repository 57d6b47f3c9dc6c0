using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>Texts; in parts, the number of each different one.</summary>
internal sealed class SampleTexts : SampleValues<ReadOnlyMemory<char>>
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<string> _texts = [];

    public override OrtValue Tensor(long[] shape)
    {
        var tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        for (int i = 0; i < Values.Count; i++)
            tensor.StringTensorSetElementAt(Values[i].Span, i);
        return tensor;
    }

    // A source may write the next row's text over this one's.
    protected override ReadOnlyMemory<char> Kept(ReadOnlyMemory<char> value) => value.ToString().AsMemory();

    protected override bool AreAlike(ReadOnlyMemory<char> actual, ReadOnlyMemory<char> expected, double tolerance) =>
        actual.Span.SequenceEqual(expected.Span);

    protected override ReadOnlyMemory<char>[] Read(OrtValue tensor) => [.. tensor.GetStringTensorAsArray().Select(t => t.AsMemory())];

    protected override ulong ToBits(ReadOnlyMemory<char> value)
    {
        string text = value.ToString();
        if (!_numbers.TryGetValue(text, out int number))
        {
            number = _numbers[text] = _texts.Count;
            _texts.Add(text);
        }
        return (ulong)number;
    }

    protected override ReadOnlyMemory<char> FromBits(ulong bits) => _texts[int.CreateChecked(bits)].AsMemory();
}
