using System.Security.Cryptography;
using Google.Protobuf;
using MlNetRnn.Onnx;

namespace MlNetRnn.Tests;

/// <summary>Changes model files as another build, another tool or damage would.</summary>
internal static class OnnxEdit
{
    /// <summary>Another manifest text, and the checksum that goes with it.</summary>
    public static byte[] WithManifest(byte[] onnx, Func<string, string> change) => Rewrite(onnx, model =>
    {
        var manifest = model.MetadataProps.Single(p => p.Key == "mlnetrnn.manifest");
        manifest.Value = change(manifest.Value);
    });

    /// <summary>Another value of an entry, and the checksum that goes with it.</summary>
    public static byte[] WithProperty(byte[] onnx, string key, string value) =>
        Rewrite(onnx, model => model.MetadataProps.Single(p => p.Key == key).Value = value);

    /// <summary>The file without any of the library's entries, as a foreign tool would write it.</summary>
    public static byte[] WithoutProperties(byte[] onnx, string producer)
    {
        var model = ModelProto.Parser.ParseFrom(onnx);
        model.MetadataProps.Clear();
        model.ProducerName = producer;
        return model.ToByteArray();
    }

    private static byte[] Rewrite(byte[] onnx, Action<ModelProto> change)
    {
        var model = ModelProto.Parser.ParseFrom(onnx);
        change(model);
        var checksum = model.MetadataProps.Single(p => p.Key == "mlnetrnn.sha256");
        model.MetadataProps.Remove(checksum);
        checksum.Value = Convert.ToHexStringLower(SHA256.HashData(model.ToByteArray()));
        model.MetadataProps.Add(checksum);
        return model.ToByteArray();
    }
}
