using System.Text;

namespace MlNetRnn.Scenarios.MemoryLab;

/// <summary>
/// The embedded Reber grammar (Hochreiter and Schmidhuber, 1997): B, then T or P, a string of Reber's grammar, the same letter T or P again, E.
/// All but that letter follows from the letters just before it. With several strings between, one after the other, there is more to forget it
/// over.
/// </summary>
/// <param name="strings">Strings of Reber's grammar between; 1 is the embedded grammar.</param>
internal sealed class ReberGrammar(int strings)
{
    // The edges of Reber's grammar: from each node a letter and the node that it leads to; the last node is its end.
    private static readonly (char Letter, int To)[][] s_edges =
    [
        [('B', 1)], [('T', 2), ('P', 3)], [('S', 2), ('X', 4)], [('T', 3), ('V', 5)], [('X', 3), ('S', 6)], [('P', 4), ('V', 6)], [('E', 7)], [],
    ];

    /// <summary>A string, with both choices equally likely wherever there are two.</summary>
    public string Draw(Random random)
    {
        char memory = random.Next(2) == 0 ? 'T' : 'P';
        var text = new StringBuilder().Append('B').Append(memory);
        for (int done = 0; done < strings; done++)
        {
            for (int node = 0; s_edges[node].Length > 0;)
            {
                var (letter, to) = s_edges[node][random.Next(s_edges[node].Length)];
                text.Append(letter);
                node = to;
            }
        }
        return text.Append(memory).Append('E').ToString();
    }

    /// <summary>The letters that may follow a beginning of a string; empty after a whole one, or what is none.</summary>
    public string Next(string beginning)
    {
        if (beginning.Length == 0)
            return "B";
        if (beginning is ['B'])
            return "TP";
        if (beginning is not ['B', 'T' or 'P', .. var inner])
            return "";
        int node = 0, done = 0;
        for (int i = 0; i < inner.Length; i++)
        {
            if (done == strings)
                return inner[i] == beginning[1] && i == inner.Length - 1 ? "E" : "";
            var edge = Array.Find(s_edges[node], e => e.Letter == inner[i]);
            if (edge == default)
                return "";
            (node, done) = s_edges[edge.To].Length == 0 ? (0, done + 1) : (edge.To, done);
        }
        return done == strings ? beginning[1].ToString() : new([.. s_edges[node].Select(e => e.Letter)]);
    }
}
