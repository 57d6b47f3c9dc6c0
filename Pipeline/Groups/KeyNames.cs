using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>What errors call keys.</summary>
internal static class KeyNames
{
    /// <summary>A key's name, or its number counted from 0 as users give it; null where the column is no key.</summary>
    public static string? Name<T>(DataViewSchema.Column column, T key)
    {
        if (column.Type is not KeyDataViewType)
            return null;
        var number = Convert.ToUInt64(key, CultureInfo.InvariantCulture); // ML.NET holds keys from 1, and 0 for a missing one
        if (number == 0)
            return "missing";
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        if (column.Annotations.Schema.GetColumnOrNull("KeyValues") is { Type: VectorDataViewType { ItemType: TextDataViewType } })
            column.Annotations.GetValue("KeyValues", ref names);
        return number <= (ulong)names.Length ? names.GetItemOrDefault((int)number - 1).ToString() : $"{number - 1}";
    }
}
